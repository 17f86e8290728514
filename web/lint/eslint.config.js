import tseslint from "typescript-eslint";

export default tseslint.config(...tseslint.configs.strict, ...tseslint.configs.stylistic, {
  files: ["src/**/*.ts"],
  rules: {
    "no-restricted-properties": [
      "error",
      { property: "innerHTML", message: "Labels come from files: they are text, never markup." },
      { property: "outerHTML", message: "Labels come from files: they are text, never markup." },
    ],
    "no-restricted-globals": ["error", "fetch", "XMLHttpRequest"],
    eqeqeq: "error",
  },
});
