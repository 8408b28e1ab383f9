function show({ label, probabilities }) {
  for (const bar of document.querySelectorAll("#bars li")) {
    const probability = probabilities[bar.dataset.label];
    bar.querySelector("meter").value = probability;
    bar.querySelector(".percent").textContent = percent(probability);
  }
  answer.textContent = `This is ${label}, with ${percent(probabilities[label])}.`;
}

function clear() {
  for (const bar of document.querySelectorAll("#bars li")) {
    bar.querySelector("meter").value = 0;
    bar.querySelector(".percent").textContent = percent(0);
  }
  answer.textContent = "Nothing predicted yet.";
}

function percent(probability) {
  return `${Math.round(probability * 100)} %`;
}
