export declare function buildWasm(): void;
