export declare const root: string;
export declare function buildFirmware(preset: string): void;
export declare function buildEmulated(): void;
export declare function buildBundles(): void;
