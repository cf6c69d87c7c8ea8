// A drawing as a file of its own: the styles that it has on the screen are written into its elements.

const PAINT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "visibility", "text-anchor", "text-decoration", "font-family", "font-size", "font-weight"];

/** The text of an SVG file that looks as `picture` does now, on `paper`. */
export function svgText(picture, paper) {
  const copy = picture.cloneNode(true), shown = [picture, ...picture.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((node, i) => {
    const style = getComputedStyle(shown[i]);
    for (const name of PAINT) node.style.setProperty(name, style.getPropertyValue(name));
    for (const name of ["class", "tabindex", "role", "aria-current"]) node.removeAttribute(name);
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.style.background = paper;
  return new XMLSerializer().serializeToString(copy);
}

/** Hand a drawing over as a file. */
export function saveSvg(picture, paper, name) {
  const address = URL.createObjectURL(new Blob([svgText(picture, paper)], { type: "image/svg+xml" }));
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: `${name}.svg` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
