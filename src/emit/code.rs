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

    /// A statement `head item, item, ... tail`: on one line, or with one item a line.
    pub(super) fn list(&mut self, head: &str, items: &[String], tail: &str) {
        let one = format!("{head}{}{tail}", items.join(", "));
        if 2 * self.depth + one.len() <= WIDTH {
            return self.line(one);
        }
        let indent = "  ".repeat(self.depth);
        let aligned = " ".repeat(2 * self.depth + head.len());
        let widest = items.iter().map(String::len).max().unwrap_or_default() + tail.len().max(1);
        let (first, rest) = if aligned.len() + widest <= WIDTH {
            (format!("{indent}{head}"), aligned)
        } else {
            let deeper = format!("{indent}    ");
            (format!("{indent}{head}\n{deeper}"), deeper)
        };
        self.text.push_str(&first);
        self.text.push_str(&items.join(&format!(",\n{rest}")));
        self.text.push_str(tail);
        self.text.push('\n');
        if tail.ends_with('{') {
            self.depth += 1;
        }
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
