// SPDX-License-Identifier: MIT
// FormData to multipart/form-data bytes, by the HTML standard's "multipart/form-data encoding
// algorithm" with Bun's boundary form. File contents stay in their Blobs: nothing is read here.

// HTML standard: in names and file names these three would end the quoted string or the line.
function escapeName(name: string): string {
  return name.replace(/\r\n|\r|\n|"/g, (match) =>
    match === '"' ? '%22' : match === '\n' ? '%0A' : match === '\r' ? '%0D' : '%0D%0A',
  );
}

function normalizeNewlines(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n');
}

export interface EncodedFormData {
  readonly blob: Blob;
  readonly type: string;
}

export function encodeFormData(form: FormData): EncodedFormData {
  const random = crypto.getRandomValues(Buffer.alloc(16)).toString('hex');
  const boundary = `----WebKitFormBoundary${random}`;
  const parts: (string | Blob)[] = [];
  for (const [rawName, value] of form.entries()) {
    const name = escapeName(normalizeNewlines(rawName));
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
    if (typeof value === 'string') {
      parts.push(`${head}\r\n\r\n${normalizeNewlines(value)}\r\n`);
    } else {
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      const fileName = escapeName(value.name);
      parts.push(`${head}; filename="${fileName}"\r\nContent-Type: ${type}\r\n\r\n`, value, '\r\n');
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return { blob: new Blob(parts), type: `multipart/form-data; boundary=${boundary}` };
}
