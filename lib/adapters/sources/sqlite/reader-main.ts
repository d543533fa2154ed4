import { asSluiceError } from '../../../core/errors.ts';
import type { Question, Reply } from './messages.ts';
import { Reader } from './reader.ts';

/**
 * The reader process: a file, a tenant, one question after the other. It is a process and not a thread,
 * because a thread inside SQLite cannot be stopped before its statement gives a row, and because a value
 * that exhausts memory must not take the host with it.
 */
let reader: Reader | undefined;

function answer({ kind, ask }: Question): Extract<Reply, { ok: true }>['answer'] {
  if (kind === 'open') {
    reader = new Reader(ask as Question<'open'>['ask']);
    return { takenAt: reader.takenAt };
  }
  if (reader === undefined) throw new TypeError('Nothing is open.');
  if (kind === 'close') {
    reader.close();
    reader = undefined;
    return undefined;
  }
  switch (kind) {
    case 'describe':
      return reader.describe(ask as Question<'describe'>['ask']);
    case 'count':
      return reader.count(ask as Question<'count'>['ask']);
    case 'stream':
      return void reader.stream(ask as Question<'stream'>['ask']);
    case 'next':
      return reader.next();
  }
}

function reply(question: Question): Reply {
  try {
    return { ok: true, answer: answer(question) };
  } catch (error) {
    const { code, message, internal } = asSluiceError(error);
    return {
      ok: false,
      failure: { code, message, ...(internal === undefined ? {} : { internal }) },
    };
  }
}

process.on('message', (question: Question) => process.send?.(reply(question)));
// Whoever asked is gone.
process.on('disconnect', () => process.exit());
