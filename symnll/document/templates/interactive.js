  // The page: what is read from the controls goes through the kernels above, and their numbers are shown.
  const root = document.currentScript.closest("figure");
  const parts = (name) => Array.from(root.querySelectorAll(`[data-part="${name}"]`));
  const part = (name) => parts(name)[0];
  const shown = (x, digits) => {
    const text = x.toFixed(digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
  };

  if (!document.getElementById("explore-style")) {
    const style = document.createElement("style");
    style.id = "explore-style";
    style.textContent = STYLE;
    document.head.append(style);
  }

  let waiting = 0;
  function update() {
    const logits = parts("logit").map((slider) => Number(slider.value));
    const target = Math.max(0, parts("target").findIndex((choice) => choice.checked));
    const temperature = Number(part("temperature").value);
    const names = parts("name").map((name) => name.textContent);
    const y = symnll.softmax(logits, { temperature });
    const [loss, gradient] = symnll.nll_value_and_grad(logits, target, { temperature });
    const widest = Math.max(1, 1 / temperature);

    names.forEach((name, m) => {
      parts("logit-shown")[m].textContent = shown(logits[m], 1);
      parts("logit")[m].setAttribute("aria-valuetext", shown(logits[m], 1));
      const bar = parts("probability")[m], slope = parts("gradient")[m], half = 50 * Math.abs(gradient[m]) / widest;
      bar.dataset.value = y[m];
      bar.style.width = `${100 * y[m]}%`;
      slope.dataset.value = gradient[m];
      slope.style.width = `${half}%`;
      slope.style.left = `${gradient[m] < 0 ? 50 - half : 50}%`;
      parts("probability-shown")[m].textContent = shown(y[m], 2);
      parts("gradient-shown")[m].textContent = shown(gradient[m], 2);
      parts("probability-label")[m].setAttribute("aria-label", `probability of class ${name}: ${shown(y[m], 2)}`);
      parts("gradient-label")[m].setAttribute("aria-label", `gradient in its logit: ${shown(gradient[m], 2)}`);
    });
    part("scale").textContent = `\u2212${Number(widest.toFixed(1))} to ${Number(widest.toFixed(1))}`;
    part("temperature-shown").textContent = shown(temperature, 1);
    part("temperature").setAttribute("aria-valuetext", shown(temperature, 1));
    part("target-name").textContent = names[target];
    part("loss").textContent = shown(loss, 3);
    part("loss").dataset.value = loss;

    clearTimeout(waiting); // said once the reader pauses, not at every step of a slider
    waiting = setTimeout(() => {
      const listed = names.map((name, m) => `${name} ${shown(y[m], 2)}`).join(", ");
      part("status").textContent = `Target ${names[target]}, loss ${shown(loss, 2)}. Probabilities: ${listed}.`;
    }, 600);
  }

  const controls = [...parts("logit"), ...parts("target"), part("temperature")];
  const first = controls.map((control) => [control.value, control.checked]);
  for (const control of controls) control.addEventListener("input", update);
  part("reset").addEventListener("click", () => {
    controls.forEach((control, i) => [control.value, control.checked] = first[i]);
    update();
  });
  update();
  part("static").hidden = true;
  part("live").hidden = false;
