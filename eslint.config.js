import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'firmware/build/**', '**/generated/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': ['error', 'TSEnumDeclaration', 'TSModuleDeclaration[global!=true]'],
    },
  },
  {
    // The library reports, only the command line prints.
    files: ['host/**/*.ts', 'dsp-reference/**/*.ts', 'boards/**/*.ts'],
    ignores: ['host/cli/**', '**/*.test.ts', '**/*.bench.ts'],
    rules: { 'no-console': 'error' },
  },
);
