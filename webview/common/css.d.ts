// A style sheet imported by a view is bundled beside its script by esbuild.
declare module '*.css';
