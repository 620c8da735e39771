// Every visible text of the page whose contrast with what is behind it is less than WCAG AA asks for.
() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => top.slice(0, 3).map((part, i) => part * top[3] + below[i] * (1 - top[3])).concat(1);
  const ancestors = (element) => (element ? [...ancestors(element.parentElement), element] : []);
  const behind = (element) =>
    ancestors(element).reduce((below, each) => over(rgba(getComputedStyle(each).backgroundColor), below), [255, 255, 255, 1]);
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const speaks = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()) &&
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    !element.closest(":disabled");
  const measured = (element) => {
    const style = getComputedStyle(element);
    const opacity = ancestors(element).reduce((all, each) => all * getComputedStyle(each).opacity, 1);
    const [size, heavy] = [parseFloat(style.fontSize), style.fontWeight >= 700];
    const [r, g, b, a] = rgba(style.color);
    const below = behind(element);
    return {
      text: element.textContent.trim().slice(0, 60),
      of: element.tagName.toLowerCase() + (element.className ? "." + element.className : ""),
      ratio: ratio(over([r, g, b, a * opacity], below), below),
      wanted: size >= 24 || (size >= 18.66 && heavy) ? 3 : 4.5,
    };
  };
  const texts = [...document.body.querySelectorAll("*")].filter(speaks).map(measured);
  return { looked: texts.length, faint: texts.filter((each) => each.ratio < each.wanted - 0.005) };
};
