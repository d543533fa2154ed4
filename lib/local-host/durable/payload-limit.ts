/** No input, output, event or custom status may be larger: Durable Task Scheduler takes no more. */
const payloadBytesMax = 1_048_576;
/** A custom status is kept in a table column of this size, counted in UTF-16. */
const customStatusBytesMax = 16 * 1_024;

/** Why the payload (JSON text) would be refused on Azure; undefined for one that fits. */
export function payloadProblem(what: string, json: string | null | undefined): string | undefined {
  const bytes = Buffer.byteLength(json ?? '');
  if (bytes <= payloadBytesMax) return undefined;
  return `Breaks on Azure: ${what} has ${bytes} bytes, ${payloadBytesMax} are allowed. Pass a reference instead.`;
}

/** Why the custom status (JSON text) would be refused; undefined for one that fits. */
export function customStatusProblem(json: string | undefined): string | undefined {
  const bytes = 2 * (json ?? '').length;
  if (bytes <= customStatusBytesMax) return undefined;
  return `Breaks on Azure: the custom status has ${bytes} bytes in UTF-16, ${customStatusBytesMax} are allowed.`;
}
