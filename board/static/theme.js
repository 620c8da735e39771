"use strict";
// Before anything is drawn: the theme somebody chose here, unless the address names one.
(() => {
  const root = document.documentElement;
  try {
    if (!root.dataset.theme && localStorage.theme) root.dataset.theme = localStorage.theme;
  } catch { /* storage may be forbidden: then the system's theme it is */ }
})();
