/// <reference types="vitest/config" />
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { licences } from './licences.ts';

// Everything is bundled: the page asks nobody but its own node, and its policy allows no script that is not a file.
export default defineConfig({
  plugins: [vue(), licences()],
  define: { __VUE_PROD_DEVTOOLS__: false, __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false },
  // A test reads our own styles as they are written.
  test: { css: { include: [/\/src\/.*\.css/] } },
  build: {
    outDir: process.env.YZ_WEB_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'chrome87',
    cssTarget: 'chrome87',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
  },
});
