/** Tells the time; an argument everywhere, so that tests can hold it. */
export type Clock = () => Date;
