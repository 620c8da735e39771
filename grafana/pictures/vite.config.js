import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  publicDir: 'node_modules/@grafana/ui/dist/public',  // Grafana's icons
  build: { outDir: '../../build/pictures', emptyOutDir: true, chunkSizeWarningLimit: 20000, target: 'esnext' },
  esbuild: { jsx: 'automatic' },
  define: { 'process.env.NODE_ENV': '"production"' },
});
