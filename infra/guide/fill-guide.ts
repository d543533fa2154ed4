/**
 * The guide with `content` between its marks `<!-- name: … -->` and `<!-- end of name -->`. Throws when
 * a mark is missing, so that a table cannot drop out of the guide unseen.
 */
export function fillGuide(guide: string, name: string, content: string): string {
  const opening = guide.indexOf(`<!-- ${name}: `);
  const start = guide.indexOf('-->', opening) + '-->'.length;
  const end = guide.indexOf(`<!-- end of ${name} -->`);
  if (opening < 0 || end < start) throw new Error(`The guide has no marks for ${name}.`);
  return `${guide.slice(0, start)}\n${content}\n${guide.slice(end)}`;
}
