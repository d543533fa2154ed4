import { type Item, queryItem, tabGroup, tabRow, text, timeRangeParameter } from './items.ts';
import { tabs } from './tabs.ts';

export interface Workbook {
  readonly version: 'Notebook/1.0';
  readonly items: readonly Item[];
  readonly isLocked: boolean;
}

const welcome =
  '# Sluice\nEach picture answers the question above it. The queries are the files of `infra/monitoring/queries`; alerts have their own in `infra/monitoring/alerts`.';

/** The whole workbook, with the text of each query as `readQuery` finds it by its name. */
export function buildWorkbook(readQuery: (name: string) => string): Workbook {
  return {
    version: 'Notebook/1.0',
    items: [
      text('welcome', welcome),
      timeRangeParameter(),
      tabRow(tabs.map(({ title }) => title)),
      ...tabs.map(({ title, parts }) =>
        tabGroup(
          title,
          parts.map((part) => queryItem(part, readQuery(part.query))),
        ),
      ),
    ],
    isLocked: false,
  };
}

/** The workbook as its file has it. */
export function printWorkbook(readQuery: (name: string) => string): string {
  return `${JSON.stringify(buildWorkbook(readQuery), undefined, 2)}\n`;
}
