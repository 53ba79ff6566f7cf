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

    /// A statement `head item, item, ... tail`, laid out as clang-format does: on one line, behind the `=` of `head`,
    /// with all items on the next line, or with one item a line. Strings are broken where nothing else helps.
    pub(super) fn list(&mut self, head: &str, items: &[String], tail: &str) {
        let (indent, deeper) = (2 * self.depth, 2 * self.depth + 4);
        let all = format!("{}{tail}", items.join(", "));
        let broken = items.iter().any(|item| item.contains('\n'));
        if !broken && indent + head.len() + all.len() <= WIDTH {
            return self.line(format!("{head}{all}"));
        }
        if let Some((target, call)) = head.split_once(" = ").filter(|_| !broken)
            && deeper + call.len() + all.len() <= WIDTH
        {
            return self.raw(&[(indent, format!("{target} =")), (deeper, format!("{call}{all}"))], tail);
        }
        // A function's type stands alone in front of a name that is too long.
        let (lead, head) = match head.strip_suffix('(').and_then(|head| head.rsplit_once(' ')) {
            Some((ty, name)) if indent + head.len() > WIDTH && !head.contains('=') => (Some(ty), format!("{name}(")),
            _ => (None, head.to_owned()),
        };
        let mut lines: Vec<(usize, String)> = lead.map(|ty| (indent, ty.to_owned())).into_iter().collect();
        let aligned = indent + head.len();
        if !broken && deeper + all.len() <= WIDTH && !head.ends_with('{') {
            lines.extend([(indent, head), (deeper, all)]);
            return self.raw(&lines, tail);
        }
        let fits = |column: usize, items: &[String]| {
            let last = items.len().saturating_sub(1);
            items.iter().enumerate().all(|(i, item)| {
                let behind = if i == last { tail.len() } else { 1 };
                item.lines().all(|line| column + line.len() + behind <= WIDTH)
            })
        };
        let split = |column: usize| -> Vec<String> {
            let room = WIDTH.saturating_sub(column + tail.len().max(1));
            items.iter().map(|item| pieces(item, room).join("\n")).collect()
        };
        let ways = [(aligned, items.to_vec()), (deeper, items.to_vec()), (aligned, split(aligned))];
        let way = ways.into_iter().find(|(column, items)| fits(*column, items));
        let (column, items) = way.unwrap_or_else(|| (deeper, split(deeper)));
        let mut head = Some(head);
        if column == deeper && column != aligned {
            lines.extend(head.take().map(|head| (indent, head)));
        }
        let last = items.len().saturating_sub(1);
        for (i, item) in items.iter().enumerate() {
            let behind = if i == last { tail } else { "," };
            for (number, line) in format!("{item}{behind}").lines().enumerate() {
                match head.take().filter(|_| number == 0) {
                    Some(head) => lines.push((indent, format!("{head}{line}"))),
                    None => lines.push((column, line.to_owned())),
                }
            }
        }
        self.raw(&lines, tail);
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
