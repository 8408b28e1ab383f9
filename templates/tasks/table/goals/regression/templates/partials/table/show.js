function show({ target, value }) {
  const rounded = Number(value.toPrecision(6)).toLocaleString("en");
  answer.textContent = `${target}: ${rounded}`;
}

function clear() {
  answer.textContent = "Nothing predicted yet.";
}
