/** How long a table's lock is waited for; what lasts longer is passing trouble (`table_locked`). */
export const lockTimeoutSeconds = 30;
