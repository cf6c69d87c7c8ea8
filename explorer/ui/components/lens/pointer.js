// Mouse, pen and fingers on a plane: pointing, clicking, dragging, pinching, the wheel.

import { panned, zoomed } from "./viewport.mjs";

const DRAG_PX = 5;

export class Gestures {
  /** on: {point(plane, cell | null, event), click(plane, cell), view() -> view, look(view), most() -> zoom, zooms() -> boolean}. */
  constructor(on, signal) {
    Object.assign(this, { on, signal, touching: new Map(), down: null });
  }

  listen(plane) {
    const { stage } = plane, listen = (type, act, more = {}) => stage.addEventListener(type, act, { signal: this.signal, ...more });
    listen("pointerdown", (event) => {
      this.touching.set(event.pointerId, event);
      this.down = { x: event.clientX, y: event.clientY, view: this.on.view(), dragged: this.touching.size > 1 };
    });
    listen("pointermove", (event) => this.moved(plane, event));
    for (const type of ["pointerup", "pointercancel", "pointerleave"]) listen(type, (event) => this.touching.delete(event.pointerId));
    listen("pointerleave", (event) => this.on.point(plane, null, event));
    listen("click", (event) => { if (!this.down?.dragged) this.on.click(plane, plane.cell(event), event); });
    listen("wheel", (event) => this.wheel(plane, event), { passive: false });
  }

  moved(plane, event) {
    if (this.touching.size === 2 && this.touching.has(event.pointerId)) { this.pinch(plane, event); return; }
    if (this.touching.size > 2) return;
    const { down } = this;
    if (down && event.buttons === 1 && down.view.zoom > 1 && !plane.kernel) {
      const dx = event.clientX - down.x, dy = event.clientY - down.y;
      if (down.dragged || Math.hypot(dx, dy) > DRAG_PX) {
        down.dragged = true;
        this.on.look(panned(down.view, -dy / (plane.allRows * plane.at.cellY), -dx / (plane.allCols * plane.at.cellX)));
        return;
      }
    }
    this.on.point(plane, plane.cell(event), event);
  }

  pinch(plane, event) {
    const apart = () => { const [a, b] = [...this.touching.values()]; return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY); };
    const before = apart();
    this.touching.set(event.pointerId, event);
    if (this.down) this.down.dragged = true;
    if (!this.on.zooms() || !before) return;
    const [a, b] = [...this.touching.values()], middle = { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
    this.around(plane, middle, apart() / before);
  }

  wheel(plane, event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (this.on.zooms() && !plane.kernel) this.around(plane, event, Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 200));
  }

  /** Zoom around a point of the page. */
  around(plane, event, by) {
    const box = plane.stage.getBoundingClientRect(), { cellX, cellY, left, top } = plane.at;
    const fy = (event.clientY - box.top - top) / (cellY * plane.allRows), fx = (event.clientX - box.left - left) / (cellX * plane.allCols);
    this.on.look(zoomed(this.on.view(), by, fy, fx, this.on.most()));
  }
}
