import { beforeAll, describe, expect, test } from 'vitest';
import type { ExportFiles } from '../../../lib/core/exports/export-files.ts';
import { newestFirstId } from '../../../lib/core/ids.ts';
import type { LinkSigner, LinkWindow } from '../../../lib/core/links/link-signer.ts';

export interface SignerUnderTest {
  readonly signer: LinkSigner;
  /** On the same account, with the rights to write. */
  readonly files: ExportFiles;
  /** What `spr` must say. */
  readonly protocols: 'https' | 'https,http';
  /** Parameters of the signature beyond those that every SAS has. */
  readonly signatureParameters: readonly string[];
}

const minuteMs = 60_000;
const content = Buffer.from('id\n1\n');
const facts = { contentType: 'application/gzip', sha256: 'ab'.repeat(32) };
const fileName = 'orders-00001.csv.gz';

/** Every signer keeps these promises; run against a real storage service. */
export function describeLinkSignerContract(
  name: string,
  setUp: () => Promise<SignerUnderTest>,
): void {
  describe(`links signed by ${name}`, () => {
    let given: SignerUnderTest;

    beforeAll(async () => {
      given = await setUp();
    });

    async function freshExport(): Promise<string> {
      const exportId = newestFirstId(new Date());
      await given.files.create(exportId);
      await given.files.put({ exportId, name: fileName }, content, facts);
      return exportId;
    }

    const freshLink = async (window = windowOf(0, 60)) => {
      const exportId = await freshExport();
      const link = new URL(await given.signer.signFile(exportId, fileName, window));
      return { exportId, link };
    };

    test('L2 a link reads its file and has it saved under its name', async () => {
      const { link } = await freshLink();
      const response = await fetch(link);
      expect({
        status: response.status,
        body: await response.text(),
        type: response.headers.get('content-type'),
        disposition: response.headers.get('content-disposition'),
      }).toEqual({
        status: 200,
        body: content.toString(),
        type: 'application/gzip',
        disposition: `attachment; filename="${fileName}"`,
      });
    });

    test('L2 a link reads ranges', async () => {
      const { link } = await freshLink();
      const response = await fetch(link, { headers: { range: 'bytes=3-4' } });
      expect([response.status, await response.text()]).toEqual([206, '1\n']);
    });

    test.each(Object.entries(trespasses))('L2 a link does not %s: 403', async (_, trespass) => {
      const { exportId, link } = await freshLink();
      const response = await trespass(link);
      expect(response.status).toBe(403);
      expect(await given.files.list(exportId)).toEqual([
        { name: fileName, bytes: content.length, sha256: facts.sha256 },
      ]);
    });

    test("L2 a link does not open another file or another export's: 403", async () => {
      const { exportId, link } = await freshLink();
      const otherExportId = await freshExport();
      await given.files.put({ exportId, name: 'users-00001.csv.gz' }, content, facts);
      const sibling = new URL(link.href.replace(fileName, 'users-00001.csv.gz'));
      const foreign = new URL(link.href.replace(exportId, otherExportId));
      expect((await fetch(sibling)).status).toBe(403);
      expect((await fetch(foreign)).status).toBe(403);
    });

    test('S24 a link says: one blob, read, from 15 minutes ago until the end, and no more', async () => {
      const window = windowOf(0, 480);
      const { link } = await freshLink(window);
      const { sv, sig, ...said } = Object.fromEntries(link.searchParams);
      const rest = without(said, given.signatureParameters);
      expect(rest).toEqual({
        sr: 'b',
        sp: 'r',
        spr: given.protocols,
        st: secondsOf(new Date(window.from.getTime() - 15 * minuteMs)),
        se: secondsOf(window.until),
        rscd: `attachment; filename="${fileName}"`,
        rsct: 'application/gzip',
      });
      expect(sv).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(sig).toMatch(/^[\w+/]+=$/);
    });

    test('S24 a link with a changed end or permission is worthless: 403', async () => {
      const { link } = await freshLink();
      for (const [name, value] of [
        ['se', secondsOf(new Date(Date.now() + 1000 * 60 * minuteMs))],
        ['sp', 'rwd'],
        ['sr', 'c'],
      ] as const) {
        const forged = new URL(link);
        forged.searchParams.set(name, value);
        expect((await fetch(forged)).status).toBe(403);
      }
    });

    test('L3 a link whose time is over: 403', async () => {
      const { link } = await freshLink(windowOf(-120, -1));
      expect((await fetch(link)).status).toBe(403);
    });

    test('a link can be bound to an address or a range of them', async () => {
      const { link: one } = await freshLink({ ...windowOf(0, 60), ip: '203.0.113.7' });
      const { link: range } = await freshLink({
        ...windowOf(0, 60),
        ip: '203.0.113.7-203.0.113.9',
      });
      expect(one.searchParams.get('sip')).toBe('203.0.113.7');
      expect(range.searchParams.get('sip')).toBe('203.0.113.7-203.0.113.9');
      expect((await fetch(one)).status).toBe(200);
    });

    test('a link to deleted files: 404', async () => {
      const { exportId, link } = await freshLink();
      await given.files.removeAll(exportId);
      expect((await fetch(link)).status).toBe(404);
    });

    test('a file name that no export has is a mistake', async () => {
      const window = windowOf(0, 60);
      await expect(given.signer.signFile('e1', '../x"', window)).rejects.toThrow(TypeError);
    });

    test("L10 an export's token opens each of its files by name and nothing else", async () => {
      const exportId = await freshExport();
      const otherExportId = await freshExport();
      await given.files.put({ exportId, name: 'users-00001.csv.gz' }, content, facts);
      const { baseUrl, sasToken } = await given.signer.signExport(exportId, windowOf(0, 60));
      const urlOf = (file: string) => new URL(`${baseUrl}${file}${sasToken}`);

      expect(baseUrl.endsWith(`/exp-${exportId}/`)).toBe(true);
      expect((await fetch(urlOf(fileName))).status).toBe(200);
      expect((await fetch(urlOf('users-00001.csv.gz'))).status).toBe(200);
      const foreign = new URL(urlOf(fileName).href.replace(exportId, otherExportId));
      expect((await fetch(foreign)).status).toBe(403);
      for (const trespass of Object.values(trespasses)) {
        expect((await trespass(urlOf(fileName))).status).toBe(403);
      }
      await given.files.removeAll(exportId);
      expect((await fetch(urlOf(fileName))).status).toBe(404);
    });

    test("S24 an export's token says: this container, read, and no more", async () => {
      const window = windowOf(0, 60);
      const exportId = await freshExport();
      const { sasToken } = await given.signer.signExport(exportId, window);
      expect(sasToken.startsWith('?')).toBe(true);
      const { sv: _, sig, ...said } = Object.fromEntries(new URLSearchParams(sasToken));
      expect(without(said, given.signatureParameters)).toEqual({
        sr: 'c',
        sp: 'r',
        spr: given.protocols,
        st: secondsOf(new Date(window.from.getTime() - 15 * minuteMs)),
        se: secondsOf(window.until),
      });
      expect(sig).toMatch(/^[\w+/]+=$/);
    });
  });
}

/** What somebody with a link might try. */
const trespasses: Readonly<Record<string, (link: URL) => Promise<Response>>> = {
  'overwrite its file': (link) =>
    fetch(link, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body: 'forged' }),
  'stage a block': (link) =>
    fetch(withQuery(link, { comp: 'block', blockid: 'YQ==' }), { method: 'PUT', body: 'forged' }),
  'change the metadata': (link) =>
    fetch(withQuery(link, { comp: 'metadata' }), {
      method: 'PUT',
      headers: { 'x-ms-meta-sha256': 'forged' },
    }),
  'delete its file': (link) => fetch(link, { method: 'DELETE' }),
  'list the container': (link) =>
    fetch(withQuery(containerOf(link), { restype: 'container', comp: 'list' })),
  'delete the container': (link) =>
    fetch(withQuery(containerOf(link), { restype: 'container' }), { method: 'DELETE' }),
};

function containerOf(link: URL): URL {
  const container = new URL(link);
  container.pathname = link.pathname.slice(0, link.pathname.lastIndexOf('/'));
  return container;
}

function withQuery(link: URL, parameters: Readonly<Record<string, string>>): URL {
  const url = new URL(link);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** From and until so many minutes from now. */
export function windowOf(fromMinutes: number, untilMinutes: number): LinkWindow {
  return {
    from: new Date(Date.now() + fromMinutes * minuteMs),
    until: new Date(Date.now() + untilMinutes * minuteMs),
  };
}

function without(said: Readonly<Record<string, string>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(said).filter(([name]) => !names.includes(name)));
}

/** As a SAS writes a time. */
function secondsOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
