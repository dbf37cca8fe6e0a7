import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  build: { outDir: '../wwwroot', emptyOutDir: true, target: 'es2022', rollupOptions: { input: ['index.html', 'doctor/index.html'] } },
  server: { proxy: { '/whip': 'http://127.0.0.1:8080', '/v1': 'http://127.0.0.1:8080', '/readyz': 'http://127.0.0.1:8080' } },
});
