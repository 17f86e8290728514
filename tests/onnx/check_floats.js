// Runs imported models in ONNX Runtime and compares every output with the expected one.
// usage: [TOLERANCE=1e-4] node check_floats.js RUNTIME_FOLDER CASE ...
// TOLERANCE: of a score, as a fraction of the largest one or of 1.
// A case is three files: CASE.onnx, CASE.input (one image, raw float32, or raw uint8 where the model
// reads that), CASE.scores (raw float32).
'use strict';
const fs = require('fs');
const path = require('path');
const tolerance = Number(process.env.TOLERANCE || 1e-4);
const [runtime, ...cases] = process.argv.slice(2);
const ort = require(path.join(path.resolve(runtime), 'node_modules', 'onnxruntime-node'));

function floats(file) {
  const bytes = fs.readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

async function check(name) {
  const session = await ort.InferenceSession.create(`${name}.onnx`, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const input = session.inputMetadata[0];
  const shape = input.shape.map((extent) => (typeof extent === 'number' ? extent : 1));
  const tensor =
    input.type === 'uint8'
      ? new ort.Tensor('uint8', new Uint8Array(fs.readFileSync(`${name}.input`)), shape)
      : new ort.Tensor('float32', floats(`${name}.input`), shape);
  const outputs = await session.run({ [input.name]: tensor });
  const found = outputs[session.outputNames[0]].data;
  const expected = floats(`${name}.scores`);
  if (found.length !== expected.length) {
    throw new Error(`${name}: ${found.length} scores, expected ${expected.length}`);
  }
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (let i = 0; i < found.length; ++i) {
    if (Math.abs(found[i] - expected[i]) <= tolerance * scale) continue;
    throw new Error(`${name}: class ${i}: ONNX Runtime ${found[i]}, expected ${expected[i]}`);
  }
  await session.release();
}

(async () => {
  for (const name of cases) await check(name);
  console.log(`scores agree: ${cases.length} models`);
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
