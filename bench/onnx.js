// Times models in ONNX Runtime: prints "MODEL BATCH SECONDS" for the fastest of many runs.
// usage: node onnx.js RUNTIME_FOLDER THREADS SECONDS_PER_MODEL MODEL ...
'use strict';
const path = require('path');
const [runtime, threads, budget, ...models] = process.argv.slice(2);
const ort = require(path.join(path.resolve(runtime), 'node_modules', 'onnxruntime-node'));

(async () => {
  for (const model of models) {
    const session = await ort.InferenceSession.create(model, {
      intraOpNumThreads: Number(threads),
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });
    const shape = session.inputMetadata[0].shape.slice(1);
    for (const batch of [1, 64]) {
      const pixels = new Uint8Array(shape.reduce((a, b) => a * b, batch));
      let state = 1;
      for (let i = 0; i < pixels.length; ++i) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        pixels[i] = state >>> 24;
      }
      const image = new ort.Tensor('uint8', pixels, [batch, ...shape]);
      let fastest = Infinity;
      let total = 0;
      for (let run = 0; run < 300 && total < Number(budget); ++run) {
        const begin = process.hrtime.bigint();
        await session.run({ image }, ['scores']);
        const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
        fastest = Math.min(fastest, seconds);
        total += seconds;
      }
      console.log(`${model} ${batch} ${fastest}`);
    }
    await session.release();
  }
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
