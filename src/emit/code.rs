//! Text of C++, line by line.

/// Lines with their indentation.
#[derive(Debug, Default)]
pub(super) struct Code {
    text: String,
    depth: usize,
}

/// Columns of a line.
pub(super) const WIDTH: usize = 80;

impl Code {
    pub(super) fn at(depth: usize) -> Code {
        Code { text: String::new(), depth }
    }

    /// A line; one that ends in `{` opens a block, one that begins with `}` closes it.
    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        let text = text.as_ref();
        let after_blank = self.text.ends_with("\n\n");
        // One empty line in a row, and none at either end of a block.
        if text.is_empty() && (after_blank || self.text.is_empty() || self.text.ends_with("{\n")) {
            return;
        }
        if text.starts_with('}') && after_blank && !text.starts_with("}  //") {
            self.text.pop();
        }
        if text.starts_with('}') {
            self.depth = self.depth.saturating_sub(1);
        }
        if !text.is_empty() {
            self.text.push_str(&"  ".repeat(self.depth));
            self.text.push_str(text);
        }
        self.text.push('\n');
        if text.ends_with('{') {
            self.depth += 1;
        }
    }

    /// A call or a list in braces, `head item, item, ... tail`, laid out as clang-format does.
    pub(super) fn list(&mut self, head: &str, items: &[String], tail: &str) {
        let (indent, deeper) = (2 * self.depth, 2 * self.depth + 4);
        let whole = format!("{}{tail}", items.join(", "));
        if indent + head.len() + whole.len() <= WIDTH {
            return self.line(format!("{head}{whole}"));
        }
        let target = head.split_once(" = ");
        if let Some((target, call)) = target.filter(|(_, call)| deeper + call.len() + whole.len() <= WIDTH) {
            return self.raw(&[(indent, format!("{target} =")), (deeper, format!("{call}{whole}"))], tail);
        }
        let aligned = indent + head.len();
        let braces = head.ends_with('{');
        // Of two items, one line each costs no more than both on the next.
        let next = deeper + whole.len() <= WIDTH && !braces;
        if next && !(items.len() == 2 && fits(aligned, items, tail)) {
            return self.raw(&[(indent, head.to_owned()), (deeper, whole)], tail);
        }
        if fits(aligned, items, tail) {
            return self.raw(&by_line((indent, head), aligned, items, tail), tail);
        }
        if let Some((target, call)) = target.filter(|(_, call)| fits(deeper + call.len(), items, tail)) {
            let mut lines = vec![(indent, format!("{target} ="))];
            lines.extend(by_line((deeper, call), deeper + call.len(), items, tail));
            return self.raw(&lines, tail);
        }
        let broken = |column: usize| -> Vec<String> {
            let last = items.len().saturating_sub(1);
            let room = |i: usize| WIDTH.saturating_sub(column + if i == last { tail.len() } else { 1 });
            items.iter().enumerate().map(|(i, item)| pieces(item, room(i)).join("\n")).collect()
        };
        let short = broken(aligned);
        if !fits(deeper, items, tail) && fits(aligned, &short, tail) {
            return self.raw(&by_line((indent, head), aligned, &short, tail), tail);
        }
        let mut lines = vec![(indent, head.to_owned())];
        lines.extend(by_line((deeper, ""), deeper, &broken(deeper), tail));
        self.raw(&lines, tail);
    }

    /// `target = space::call item, item, ... tail`, where the call may stand on a line of its own.
    pub(super) fn list_below(
        &mut self,
        target: &str,
        [space, call]: [&str; 2],
        items: &[String],
        tail: &str,
    ) {
        let (indent, deeper) = (2 * self.depth, 2 * self.depth + 4);
        let ways =
            [(target.to_owned(), format!("{space}{call}")), (format!("{target} {space}"), call.to_owned())];
        let fits = ways.iter().find(|(_, call)| deeper + call.len() <= WIDTH);
        let Some((target, call)) = fits else {
            return self.list(&format!("{target} {space}{call}"), items, tail);
        };
        self.raw(&[(indent, target.clone())], "");
        self.depth += 2;
        self.list(call, items, tail);
        self.depth -= 2;
    }

    /// A call of one list of lists.
    pub(super) fn nested(&mut self, head: &str, items: &[String], tail: &str) {
        let (open, close) = (format!("{head}{{"), format!("}}{tail}"));
        let whole = format!("{{{}{close}", items.join(", "));
        let (indent, deeper) = (2 * self.depth, 2 * self.depth + 4);
        let next = items.len() >= 4 && deeper + whole.len() <= WIDTH;
        if indent + head.len() + whole.len() <= WIDTH || !next && fits(indent + open.len(), items, &close) {
            return self.list(&open, items, &close);
        }
        let mut lines = vec![(indent, head.to_owned())];
        match next {
            true => lines.push((deeper, whole)),
            false => lines.extend(by_line((deeper, "{"), deeper + 1, items, &close)),
        }
        self.raw(&lines, tail);
    }

    /// A function's head, `head param, param, ... tail`.
    pub(super) fn params(&mut self, head: &str, params: &[String], tail: &str) {
        let (indent, deeper) = (2 * self.depth, 2 * self.depth + 4);
        let whole = format!("{}{tail}", params.join(", "));
        if indent + head.len() + whole.len() <= WIDTH {
            return self.line(format!("{head}{whole}"));
        }
        let mut lines = Vec::new();
        // The type stands alone in front of a name that is too long.
        let alone = head.rsplit_once(' ').filter(|_| indent + head.len() > WIDTH);
        let head = alone.map_or(head, |(_, name)| name);
        lines.extend(alone.map(|(ty, _)| (indent, ty.to_owned())));
        let aligned = indent + head.len();
        // Up to four params, one line each costs less than all on the next.
        let next = deeper + whole.len() <= WIDTH;
        if fits(aligned, params, tail) && !(next && params.len() > 4) {
            lines.extend(by_line((indent, head), aligned, params, tail));
        } else {
            lines.push((indent, head.to_owned()));
            if next {
                lines.push((deeper, whole));
            } else {
                lines.extend(by_line((deeper, ""), deeper, params, tail));
            }
        }
        self.raw(&lines, tail);
    }

    /// The head of a loop: on one line, or each part on one.
    pub(super) fn head(&mut self, first: &str, rest: &[String]) {
        let one = format!("{first} {}", rest.join(" "));
        let indent = 2 * self.depth;
        if indent + one.len() <= WIDTH {
            return self.line(one);
        }
        let column = indent + first.find('(').map_or(0, |at| at + 1);
        let mut lines = vec![(indent, first.to_owned())];
        lines.extend(rest.iter().map(|part| (column, part.clone())));
        self.raw(&lines, "{");
    }

    /// `target = value;`
    pub(super) fn assign(&mut self, target: &str, value: &str) {
        let indent = 2 * self.depth;
        if indent + target.len() + value.len() + 4 <= WIDTH {
            self.line(format!("{target} = {value};"));
        } else {
            self.raw(&[(indent, format!("{target} =")), (indent + 4, format!("{value};"))], ";");
        }
    }

    /// Lines of one statement, each with its column.
    fn raw(&mut self, lines: &[(usize, String)], tail: &str) {
        for (column, line) in lines {
            self.text.push_str(&" ".repeat(*column));
            self.text.push_str(line);
            self.text.push('\n');
        }
        if tail.ends_with('{') {
            self.depth += 1;
        }
    }

    /// Columns that a statement of its own line has at this depth, behind a `target =` that stands alone.
    pub(super) fn room(&self) -> usize {
        WIDTH.saturating_sub(2 * self.depth + 5)
    }

    /// A comment, broken into lines.
    pub(super) fn comment(&mut self, text: &str) {
        let room = WIDTH.saturating_sub(2 * self.depth + 3);
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && line.len() + 1 + word.len() > room {
                self.line(format!("// {line}"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            self.line(format!("// {line}"));
        }
    }

    /// How much there is; see [`Code::forget`].
    pub(super) fn mark(&self) -> usize {
        self.text.len()
    }

    /// Takes back what was written since `mark`.
    pub(super) fn forget(&mut self, mark: usize) {
        self.text.truncate(mark);
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn append(&mut self, code: &str) {
        self.text.push_str(code);
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// Whether items, one a line, end before the limit.
fn fits(column: usize, items: &[String], tail: &str) -> bool {
    let last = items.len().saturating_sub(1);
    items.iter().enumerate().all(|(i, item)| {
        let behind = if i == last { tail.len() } else { 1 };
        item.lines().all(|line| column + line.len() + behind <= WIDTH)
    })
}

/// Items one a line from `column` on, the first one behind `head`.
fn by_line(
    (indent, head): (usize, &str),
    column: usize,
    items: &[String],
    tail: &str,
) -> Vec<(usize, String)> {
    let all = format!("{}{tail}", items.join(",\n"));
    let mut lines: Vec<(usize, String)> = all.lines().map(|line| (column, line.to_owned())).collect();
    if let Some(first) = lines.first_mut() {
        *first = (indent, format!("{head}{}", first.1));
    }
    lines
}

/// A string of C++ as several in a row, each of at most `room` columns, broken behind spaces; anything else as it is.
fn pieces(item: &str, room: usize) -> Vec<String> {
    let Some(text) = item.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return vec![item.to_owned()];
    };
    let (mut pieces, mut piece) = (Vec::new(), String::new());
    for word in text.split_inclusive(' ') {
        if !piece.is_empty() && piece.len() + word.len() + 2 > room {
            pieces.push(format!("\"{piece}\""));
            piece.clear();
        }
        piece.push_str(word);
    }
    pieces.push(format!("\"{piece}\""));
    pieces
}
