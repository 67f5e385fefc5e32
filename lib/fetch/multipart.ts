// SPDX-License-Identifier: MIT
// FormData to multipart/form-data bytes, by the HTML standard's "multipart/form-data encoding
// algorithm" with Bun's boundary form. File contents stay in their Blobs: nothing is read here.

import { fileSource } from './file-source.js';

// HTML standard: in names and file names these three would end the quoted string or the line.
function escapeName(name: string): string {
  return name.replace(/\r\n|\r|\n|"/g, (match) =>
    match === '"' ? '%22' : match === '\n' ? '%0A' : match === '\r' ? '%0D' : '%0D%0A',
  );
}

function normalizeNewlines(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n');
}

type Part = string | Blob;

export interface EncodedFormData {
  /** A Blob; for a form with files on disk what yields its bytes, since Blobs hold theirs. */
  readonly content: Blob | AsyncIterable<string | Uint8Array>;
  readonly type: string;
}

// Files of Bun.file() by descriptor have no name; Bun sends an empty one.
function fileName(file: File): string {
  return escapeName((file.name as string | undefined) ?? '');
}

async function* readParts(parts: readonly Part[]): AsyncGenerator<string | Uint8Array> {
  for (const part of parts) {
    if (typeof part === 'string') yield part;
    else yield* part.stream() as unknown as AsyncIterable<Uint8Array>;
  }
}

export function encodeFormData(form: FormData): EncodedFormData {
  const random = crypto.getRandomValues(Buffer.alloc(16)).toString('hex');
  const boundary = `----WebKitFormBoundary${random}`;
  const parts: Part[] = [];
  let hasFiles = false;
  for (const [rawName, value] of form.entries()) {
    const name = escapeName(normalizeNewlines(rawName));
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
    if (typeof value === 'string') {
      parts.push(`${head}\r\n\r\n${normalizeNewlines(value)}\r\n`);
    } else {
      hasFiles ||= fileSource(value) !== undefined;
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      const disposition = `${head}; filename="${fileName(value)}"`;
      parts.push(`${disposition}\r\nContent-Type: ${type}\r\n\r\n`, value, '\r\n');
    }
  }
  parts.push(`--${boundary}--\r\n`);
  const content = hasFiles ? readParts(parts) : new Blob(parts);
  return { content, type: `multipart/form-data; boundary=${boundary}` };
}
