export const serverArguments: readonly string[];
export function serverEnvironment(env: NodeJS.ProcessEnv): { LD_PRELOAD?: string };
