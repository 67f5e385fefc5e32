// SPDX-License-Identifier: MIT
// Type-aware rules for lib and test: floating promises and misused promises are the bugs that a
// server hides best. Formatting is prettier's.

import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'build/',
      'out/',
      'coverage/',
      'prebuilds/',
      '**/node_modules/',
      'bench/',
      'test/fixtures/',
    ],
  },
  {
    files: ['lib/**/*.ts', 'test/**/*.ts'],
    ignores: ['test/fixtures/**'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.build.json', './tsconfig.test.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'named exports only' },
      ],
      // The first changes its mind with TypeScript versions; lib takes methods off prototypes.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // The params constructors are generated once per shape; nothing else may use Function.
      '@typescript-eslint/no-implied-eval': 'off',
      'no-new-func': 'error',
      eqeqeq: ['error', 'smart'],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests look at untyped JSON and pass wrong types on purpose.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  {
    // `import Bun from 'bun'` needs a default export; params-shape generates constructors.
    files: ['lib/runtime/*-module.ts', 'lib/router/params-shape.ts'],
    rules: { 'no-restricted-syntax': 'off', 'no-new-func': 'off' },
  },
);
