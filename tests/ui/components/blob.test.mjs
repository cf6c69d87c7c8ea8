import assert from "node:assert/strict";
import test from "node:test";
import { unpack } from "../../../explorer/ui/components/lens/blob.mjs";

/** What explorer/ui/components/blob.py packs for {"x": float32 [[1.5, -2]], "y": uint8 [7]}. */
function packed() {
  const header = new TextEncoder().encode(JSON.stringify({ meta: { title: "a − b" }, arrays: {
    x: { dtype: "float32", shape: [1, 2], offset: 0, size: 8 }, y: { dtype: "uint8", shape: [1], offset: 8, size: 1 },
  } }));
  const bytes = new Uint8Array(4 + header.length + 9);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  bytes.set(new Uint8Array(new Float32Array([1.5, -2]).buffer), 4 + header.length);
  bytes[bytes.length - 1] = 7;
  return bytes;
}

test("arrays come out with their shape", () => {
  const { meta, arrays } = unpack(packed());
  assert.equal(meta.title, "a − b");
  assert.deepEqual([arrays.x.shape, [...arrays.x.values], [...arrays.y.values]], [[1, 2], [1.5, -2], [7]]);
});

test("the blob may lie at any address", () => {
  const bytes = packed();
  for (const shift of [1, 2, 3]) {
    const moved = new Uint8Array(bytes.length + shift).subarray(shift);
    moved.set(bytes);
    assert.deepEqual([...unpack(moved).arrays.x.values], [1.5, -2]);
  }
});
