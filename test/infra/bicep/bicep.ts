import { relative, resolve } from 'node:path';
import type { Resource } from '../stamps/resource.ts';
import { type JsonRpc, startJsonRpc } from './json-rpc.ts';
import type { Template } from './template.ts';

/** What the compiler and the linter say to a file, one line each, and what it compiles to. */
export interface Compiled {
  readonly findings: readonly string[];
  readonly template: Template | undefined;
}

/** What a parameter file asks Azure for, or what Bicep says against it. */
export type Prediction = { readonly resources: readonly Resource[] } | { readonly refused: string };

interface Diagnostic {
  readonly source: string;
  readonly range: { readonly start: { readonly line: number } };
  readonly level: string;
  readonly code: string;
  readonly message: string;
}

interface Snapshot {
  readonly predictedResources: readonly Resource[];
  readonly diagnostics: readonly { readonly level?: string; readonly message?: string }[];
}

/** The stamp that is asked for lies nowhere; Bicep asks nobody in Azure. */
const metadata = {
  tenantId: '00000000-0000-0000-0000-000000000009',
  subscriptionId: '00000000-0000-0000-0000-000000000001',
  resourceGroup: 'sluice',
  location: 'westeurope',
  deploymentName: null,
};

/** What the parameter files take from whoever deploys, and refuse to do without. */
const given = {
  SLUICE_URL_NORTHEUROPE: 'https://ne.sluice.test',
  SLUICE_URL_WESTEUROPE: 'https://we.sluice.test',
  ALERT_EMAIL: 'on-call@sluice.test',
  OPERATOR_GROUP_ID: '00000000-0000-0000-0000-000000000003',
  OPERATOR_RANGES: '198.51.100.7',
};

/** One Bicep process for many files: starting it takes longer than compiling. */
export class Bicep {
  readonly #rpc: JsonRpc;
  readonly #folder: string;

  /** `folder` is what the findings name files from. */
  constructor(rpc: JsonRpc, folder: string) {
    this.#rpc = rpc;
    this.#folder = folder;
  }

  static start(path: string, folder: string): Bicep {
    const env = { ...process.env, ...given };
    return new Bicep(startJsonRpc(path, ['jsonrpc', '--stdio'], env), folder);
  }

  /** The same process for the files of another folder. */
  in(folder: string): Bicep {
    return new Bicep(this.#rpc, folder);
  }

  /** Compiles and lints a template and everything that it is made of. */
  async compile(file: string): Promise<Compiled> {
    const answer = await this.#ask<{ diagnostics: Diagnostic[]; contents?: string }>(
      'bicep/compile',
      { path: this.#path(file) },
    );
    if ('refused' in answer)
      return { findings: [`${file}: ${answer.refused}`], template: undefined };
    const { diagnostics, contents } = answer;
    const template = contents == null ? undefined : (JSON.parse(contents) as Template);
    return { findings: this.#findings(diagnostics), template };
  }

  /** Compiles and lints a parameter file with the template that it uses. */
  async compileParameters(file: string): Promise<readonly string[]> {
    const answer = await this.#ask<{ diagnostics: Diagnostic[] }>('bicep/compileParams', {
      path: this.#path(file),
      parameterOverrides: {},
    });
    return 'refused' in answer ? [answer.refused] : this.#findings(answer.diagnostics);
  }

  /** Evaluates a parameter file to the resources that a deployment of it would make. */
  async predict(file: string): Promise<Prediction> {
    const answer = await this.#ask<{ snapshot: string }>('bicep/getSnapshot', {
      path: this.#path(file),
      metadata,
      externalInputs: null,
    });
    if ('refused' in answer) return answer;
    const { predictedResources, diagnostics } = JSON.parse(answer.snapshot) as Snapshot;
    const errors = diagnostics.filter(({ level }) => level === 'Error');
    if (errors.length === 0) return { resources: predictedResources };
    return { refused: errors.map(({ message }) => message).join('\n') };
  }

  /** Every file that this one is compiled from, relative to the folder. */
  async filesOf(file: string): Promise<readonly string[]> {
    const answer = await this.#ask<{ filePaths: string[] }>('bicep/getFileReferences', {
      path: this.#path(file),
    });
    return 'refused' in answer ? [] : answer.filePaths.map((path) => relative(this.#folder, path));
  }

  close(): void {
    this.#rpc.close();
  }

  #path(file: string): string {
    return resolve(this.#folder, file);
  }

  /** What Bicep cannot even begin with it answers with an error. */
  async #ask<Result>(method: string, params: unknown): Promise<Result | { refused: string }> {
    try {
      return (await this.#rpc.call(method, params)) as Result;
    } catch (error) {
      return { refused: error instanceof Error ? error.message : String(error) };
    }
  }

  #findings(diagnostics: readonly Diagnostic[]): readonly string[] {
    return diagnostics
      .filter(({ level }) => level !== 'Info')
      .map(({ source, range, code, message }) => {
        const file = relative(this.#folder, source);
        return `${file}:${range.start.line + 1} ${code}: ${message}`;
      });
  }
}
