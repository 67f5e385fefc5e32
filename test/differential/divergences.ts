// SPDX-License-Identifier: MIT
export const divergences = {} as const;
export type DivergenceId = string;
