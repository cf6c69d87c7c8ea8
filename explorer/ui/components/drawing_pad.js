const PADS = new WeakMap(); // root -> pad: it lives on while reruns call again
const REMEMBERED = 20;

export default function ({ data, parentElement, setTriggerValue }) {
  let pad = PADS.get(parentElement);
  if (!pad) PADS.set(parentElement, (pad = mount(parentElement, data)));
  pad.send = setTriggerValue;
  return () => {
    pad.stop.abort();
    PADS.delete(parentElement);
  };
}

function mount(root, drawn) {
  const canvas = root.querySelector("canvas");
  const width = root.querySelector("input");
  const undo = root.querySelector("[data-do=undo]");
  const clear = root.querySelector("[data-do=clear]");
  const inks = [...root.querySelectorAll("[data-ink]")];
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  const pad = { stop: new AbortController(), send: () => {} };
  const on = { signal: pad.stop.signal };
  const before = []; // the pad as it was before each stroke
  let last = null; // where the pen is, while it is down
  let pointer = null;

  const empty = () => {
    ink.fillStyle = "#ffffff";
    ink.fillRect(0, 0, canvas.width, canvas.height);
  };
  const remember = () => {
    before.push(ink.getImageData(0, 0, canvas.width, canvas.height));
    if (before.length > REMEMBERED) before.shift();
    undo.disabled = clear.disabled = false;
  };
  const handOver = () => pad.send("drawn", canvas.toDataURL("image/png"));
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
  };
  const stroke = (to) => {
    if (to[0] === last[0] && to[1] === last[1]) to = [to[0] + 0.01, to[1]]; // no length would leave no dot
    ink.lineCap = ink.lineJoin = "round";
    ink.lineWidth = Number(width.value);
    ink.strokeStyle = inks.find((button) => button.ariaPressed === "true").dataset.ink;
    ink.beginPath();
    ink.moveTo(...last);
    ink.lineTo(...to);
    ink.stroke();
    last = to;
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    event.preventDefault();
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    remember();
    last = place(event);
    stroke(last);
  }, on);
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const steps = event.getCoalescedEvents?.() ?? [];
    for (const step of steps.length ? steps : [event]) stroke(place(step));
  }, on);
  const lift = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = last = null;
    handOver();
  };
  canvas.addEventListener("pointerup", lift, on);
  canvas.addEventListener("pointercancel", lift, on);

  for (const button of inks) {
    button.addEventListener("click", () => inks.forEach((other) => (other.ariaPressed = String(other === button))), on);
  }
  undo.addEventListener("click", () => {
    ink.putImageData(before.pop(), 0, 0);
    undo.disabled = !before.length;
    clear.disabled = false;
    handOver();
  }, on);
  clear.addEventListener("click", () => {
    remember();
    empty();
    clear.disabled = true;
    handOver();
  }, on);

  empty();
  clear.disabled = !drawn?.length;
  if (drawn?.length) {
    createImageBitmap(new Blob([drawn.slice()], { type: "image/png" })).then((picture) => ink.drawImage(picture, 0, 0));
  }
  return pad;
}
