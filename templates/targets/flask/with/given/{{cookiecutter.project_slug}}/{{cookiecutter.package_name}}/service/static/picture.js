// Image files as numbers: decoded and resized by the browser, in the model's layout.

// Let an image file fill a field, where the field is made for it.
export function addPicker(field, fill, explain) {
  const picker = field.querySelector(".picture");
  if (!picker) return;
  const file = picker.querySelector("[type=file]");
  const range = picker.querySelector("select, [type=hidden]");
  const update = async () => {
    if (!file.files.length) return;
    try {
      const canvas = await draw(file.files[0], picker.querySelector("canvas"));
      const [black, white] = range.value.split(" ").map(Number);
      fill(field, numbers(canvas, picker.dataset, black, white), file.files[0].name);
    } catch {
      explain(new Error(`${file.files[0].name} is not an image that the browser can read.`));
    }
  };
  file.addEventListener("change", update);
  range.addEventListener("change", update);
}

async function draw(file, canvas) {
  const image = await createImageBitmap(file);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  canvas.hidden = false;
  return canvas;
}

// Returns nested lists: rows of values, rows of pixels, or one such image per channel.
function numbers(canvas, { layout, channels }, black, white) {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const value = (y, x, c) => {
    const pixel = data.subarray(4 * (y * width + x));
    const shade = channels === "3" ? pixel[c] : grey(pixel);
    // Three decimals distinguish 256 shades, and keep the request short.
    return Math.round(1000 * (black + (shade / 255) * (white - black))) / 1000;
  };
  const list = (length, item) => Array.from({ length }, (_, index) => item(index));
  const image = (pixel) => list(height, (y) => list(width, (x) => pixel(y, x)));
  if (layout === "HW") return image((y, x) => value(y, x, 0));
  if (layout === "HWC") return image((y, x) => list(Number(channels), (c) => value(y, x, c)));
  return list(Number(channels), (c) => image((y, x) => value(y, x, c)));
}

// The brightness of a pixel as ITU-R BT.601 weighs the colours, in whole numbers.
function grey([red, green, blue]) {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}
