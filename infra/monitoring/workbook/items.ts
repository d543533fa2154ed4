import { createHash } from 'node:crypto';
import type { Part } from './tabs.ts';

/** One step of a workbook as Azure stores it; `type` says which kind of `content` it has. */
export interface Item {
  readonly type: 1 | 3 | 9 | 11 | 12;
  readonly name: string;
  readonly content: object;
  readonly customWidth?: string;
  readonly conditionalVisibility?: object;
}

const workspaces = 'microsoft.operationalinsights/workspaces';
const timeRange = 'TimeRange';
const selectedTab = 'SelectedTab';
const hoursOffered = [1, 4, 24, 48, 24 * 7, 24 * 30, 24 * 90];

/** A paragraph of Markdown. */
export function text(name: string, json: string): Item {
  return { type: 1, name, content: { json } };
}

/** The one choice that every query follows: a day, until somebody chooses otherwise. */
export function timeRangeParameter(): Item {
  const parameter = {
    id: idOf(timeRange),
    version: 'KqlParameterItem/1.0',
    name: timeRange,
    label: 'Time',
    type: 4,
    isRequired: true,
    value: { durationMs: millisecondsOf(24) },
    typeSettings: {
      selectableValues: hoursOffered.map((hours) => ({ durationMs: millisecondsOf(hours) })),
      allowCustom: true,
    },
  };
  return {
    type: 9,
    name: 'parameters',
    content: {
      version: 'KqlParameterItem/1.0',
      parameters: [parameter],
      style: 'pills',
      queryType: 0,
      resourceType: workspaces,
    },
  };
}

/** The row of tabs; a click puts the tab's title into a parameter that its group waits for. */
export function tabRow(titles: readonly string[]): Item {
  const links = titles.map((title) => ({
    id: idOf(`tab ${title}`),
    cellValue: selectedTab,
    linkTarget: 'parameter',
    linkLabel: title,
    subTarget: title,
    style: 'link',
  }));
  return { type: 11, name: 'tabs', content: { version: 'LinkItem/1.0', style: 'tabs', links } };
}

/** What is seen while one tab is chosen. */
export function tabGroup(title: string, items: readonly Item[]): Item {
  return {
    type: 12,
    name: title,
    content: { version: 'NotebookGroup/1.0', groupType: 'editable', items },
    conditionalVisibility: { parameterName: selectedTab, comparison: 'isEqualTo', value: title },
  };
}

/** The rows of one query, under its question. */
export function queryItem({ query: name, as, width }: Part, query: string): Item {
  return {
    type: 3,
    name,
    content: {
      version: 'KqlItem/1.0',
      query,
      size: 0,
      title: questionOf(query),
      noDataMessage: 'Nothing in this time.',
      timeContextFromParameter: timeRange,
      queryType: 0,
      resourceType: workspaces,
      visualization: as,
    },
    ...(width === undefined ? {} : { customWidth: String(width) }),
  };
}

/** The first sentence of a query's comment. */
export function questionOf(query: string): string {
  const question = /^\/\/ Question: (.+?\?)/.exec(query)?.[1];
  if (question === undefined) throw new TypeError('A query begins with "// Question: …?".');
  return question[0]?.toUpperCase() + question.slice(1);
}

/** Azure wants a GUID for each; the same name has the same one, so that nothing changes by itself. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function millisecondsOf(hours: number): number {
  return hours * 3_600_000;
}
