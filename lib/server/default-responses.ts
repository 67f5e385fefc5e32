// SPDX-License-Identifier: MIT
//
// Answers of the server's own: to a handler that threw, and to one that returned no Response
// (behaviours 5.13, 10.1, 10.2). Production ones tell nothing about the program.

import { Response } from '../fetch/response.js';

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function developmentPage(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return (
    '<!doctype html><meta charset="utf-8"><title>Internal Server Error</title>' +
    `<h1>Internal Server Error</h1><pre>${escapeHtml(text)}</pre>`
  );
}

export function errorResponse(error: unknown, development: boolean): Response {
  if (!development) {
    const headers = { 'content-type': 'text/plain' };
    return new Response('Something went wrong!', { status: 500, headers });
  }
  const headers = { 'content-type': 'text/html;charset=utf-8' };
  return new Response(developmentPage(error), { status: 500, headers });
}

export function welcomeResponse(development: boolean): Response {
  return development
    ? new Response('Welcome to Bun! To get started, return a Response object.')
    : new Response(null, { status: 204 });
}
