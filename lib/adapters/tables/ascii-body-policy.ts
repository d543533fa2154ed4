import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/**
 * Writes JSON bodies with every character beyond ASCII escaped: the same JSON for the service. The
 * storage emulator decodes a body piece by piece and breaks a character that two pieces share.
 */
export const asciiBodyPolicy: PipelinePolicy = {
  name: 'sluiceAsciiBodyPolicy',
  sendRequest(request, next) {
    if (typeof request.body === 'string') request.body = toAscii(request.body);
    return next(request);
  },
};

function toAscii(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
