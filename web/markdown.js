// Markdown, the little of it that replies use, as elements; text stays text.

import { element } from "./elements.js";

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "\\*\\*(?<bold>\\S(?:.*?\\S)?)\\*\\*",
    "(?<![\\w*])\\*(?<italic>[^\\s*](?:[^*]*[^\\s*])?)\\*(?![\\w*])",
    "(?<!\\w)_(?<under>[^\\s_](?:[^_]*[^\\s_])?)_(?!\\w)",
    "\\[(?<label>[^\\]\\n]+)\\]\\((?<target>[^)\\s]+)\\)",
    "\\[(?<mark>\\d{1,2})\\]",
    "(?<bare>https?://[^\\s<>()]*[^\\s<>().,;:!?'\"])",
  ].join("|"),
  "g",
);
const FENCE = /^\s*```/;
const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBER = /^\s*(\d{1,9})[.)]\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*)$/;
const QUOTE = /^\s*>\s?(.*)$/;

export function rendered(text) {
  const fragment = document.createDocumentFragment();
  const lines = text.replaceAll("\r", "").split("\n");
  while (lines.length) {
    const block = nextBlock(lines);
    if (block) fragment.append(block);
  }
  return fragment;
}

function nextBlock(lines) {
  const line = lines[0];
  if (!line.trim()) return void lines.shift();
  if (FENCE.test(line)) return fenced(lines);
  if (HEADING.test(line)) return element("h3", {}, ...inline(lines.shift().match(HEADING)[1]));
  if (BULLET.test(line)) return element("ul", {}, ...listItems(lines, BULLET));
  if (NUMBER.test(line)) return element("ol", { start: line.match(NUMBER)[1] }, ...listItems(lines, NUMBER));
  if (QUOTE.test(line)) {
    const quoted = taken(lines, (next) => QUOTE.test(next)).map((next) => next.match(QUOTE)[1]);
    return element("blockquote", {}, ...broken(quoted));
  }
  return element("p", {}, ...broken([lines.shift(), ...taken(lines, isPlain)]));
}

function isPlain(line) {
  return line.trim() && ![FENCE, BULLET, NUMBER, HEADING, QUOTE].some((shape) => shape.test(line));
}

function fenced(lines) {
  lines.shift();
  const code = taken(lines, (line) => !FENCE.test(line));
  lines.shift();
  return element("pre", {}, element("code", {}, code.join("\n")));
}

function listItems(lines, shape) {
  return taken(lines, (line) => shape.test(line)).map((line) => element("li", {}, ...inline(line.match(shape).at(-1))));
}

function taken(lines, belongs) {
  const end = lines.findIndex((line) => !belongs(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function broken(lines) {
  return lines.flatMap((line, index) => (index ? [element("br"), ...inline(line)] : inline(line)));
}

function inline(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(from, match.index), inlineElement(match));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== "");
}

function inlineElement(match) {
  const { code, bold, italic, under, label, target, mark, bare } = match.groups;
  if (code) return element("code", {}, code);
  if (bold) return element("strong", {}, ...inline(bold));
  if (italic ?? under) return element("em", {}, ...inline(italic ?? under));
  if (mark) return element("sup", {}, mark);
  if (bare) return link(bare, [bare]);
  return /^(https?:\/\/|mailto:)/i.test(target) ? link(target, inline(label)) : match[0];
}

function link(target, words) {
  return element("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, ...words);
}
