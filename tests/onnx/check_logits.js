// Runs exported models in ONNX Runtime and compares every logit with the expected one.
// usage: node check_logits.js RUNTIME_FOLDER CASE ...
// A case is three files: CASE.onnx, CASE.images (raw uint8), CASE.logits (raw int32).
'use strict';
const fs = require('fs');
const path = require('path');
const [runtime, ...cases] = process.argv.slice(2);
const ort = require(path.join(path.resolve(runtime), 'node_modules', 'onnxruntime-node'));

const kBatch = 64;

// Number of images; throws at the first logit that differs.
async function check(name) {
  const session = await ort.InferenceSession.create(`${name}.onnx`, {
    intraOpNumThreads: 2,
    logSeverityLevel: 3,
  });
  const [batchName, ...shape] = session.inputMetadata[0].shape;
  if (batchName !== 'batch') throw new Error(`${name}: the batch is ${batchName}`);
  const size = shape.reduce((a, b) => a * b);
  const images = new Uint8Array(fs.readFileSync(`${name}.images`));
  const bytes = fs.readFileSync(`${name}.logits`);
  const expected = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const count = images.length / size;
  const classes = expected.length / count;
  for (let first = 0; first < count; first += kBatch) {
    const n = Math.min(kBatch, count - first);
    const input = new ort.Tensor(
      'uint8', images.subarray(first * size, (first + n) * size), [n, ...shape]);
    const { logits } = await session.run({ image: input }, ['logits']);
    if (logits.type !== 'int32' || logits.data.length !== n * classes) {
      throw new Error(`${name}: logits are ${logits.type} [${logits.dims}]`);
    }
    for (let i = 0; i < n * classes; ++i) {
      const wanted = expected[first * classes + i];
      if (logits.data[i] === wanted) continue;
      const image = first + Math.floor(i / classes);
      throw new Error(`${name}: image ${image}, class ${i % classes}: ` +
                      `ONNX Runtime ${logits.data[i]}, expected ${wanted}`);
    }
  }
  await session.release();
  return count;
}

(async () => {
  let images = 0;
  for (const name of cases) images += await check(name);
  console.log(`logits identical: ${images} images, ${cases.length} models`);
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
