"use strict";
// Sorts and filters tables. Without it every table is complete, in the report's order.
(function () {
  function key(cell) {
    var exact = cell.getAttribute("data-value");
    if (exact !== null) { return Number(exact); }
    return cell.textContent.trim();
  }
  function compare(a, b) {
    var x = a.key, y = b.key;
    var noX = x === "–" || x === "", noY = y === "–" || y === "";
    if (noX || noY) { return noX && noY ? a.place - b.place : noX ? 1 : -1; }
    var order;
    if (typeof x === "number" && typeof y === "number") { order = x - y; }
    else { order = String(x).localeCompare(String(y), "en", { numeric: true }); }
    return order === 0 ? a.place - b.place : order * a.sign;
  }
  function sort(table, head, column) {
    var down = head.getAttribute("aria-sort") === "ascending" ||
      (head.classList.contains("num") && !head.hasAttribute("aria-sort"));
    var heads = table.tHead.rows[0].cells;
    for (var i = 0; i < heads.length; i++) { heads[i].removeAttribute("aria-sort"); }
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    var body = table.tBodies[0];
    Array.prototype.map.call(body.rows, function (row, place) {
      return { row: row, key: key(row.cells[column]), place: place, sign: down ? -1 : 1 };
    }).sort(compare).forEach(function (entry) { body.appendChild(entry.row); });
  }
  function filter(table) {
    var box = document.createElement("div"), label = document.createElement("label");
    var input = document.createElement("input"), count = document.createElement("output");
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    box.className = "filter";
    input.type = "search";
    input.id = table.id + "-filter";
    input.setAttribute("aria-describedby", table.id + "-caption");
    label.htmlFor = input.id;
    label.textContent = "Filter rows";
    count.htmlFor = input.id;
    function apply() {
      var wanted = input.value.trim().toLowerCase(), shown = 0;
      rows.forEach(function (row) {
        row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0;
        if (!row.hidden) { shown++; }
      });
      count.textContent = shown + " of " + rows.length + " rows";
    }
    input.addEventListener("input", apply);
    apply();
    box.append(label, input, count);
    table.parentNode.before(box);
  }
  document.querySelectorAll("table").forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", function () { sort(table, head, column); });
      head.replaceChildren(button);
    });
    if (table.hasAttribute("data-long")) { filter(table); }
  });
})();
