//! The brace blocks that several services print through AOSP's `DualDumpOutputStream`: `name=value`, `name={ … }`,
//! and `name=[ … ]` when a name occurs more than once.

use crate::parse::text::numbered_lines;

use super::located::Located;

/// A block deeper than this is not followed; real dumps are four deep.
const DEEPEST: usize = 16;

/// One block: its fields and the blocks inside.
#[derive(Debug, Default)]
pub(super) struct Block<'a> {
    name: &'a str,
    line: u32,
    fields: Vec<(&'a str, Located<&'a str>)>,
    blocks: Vec<Block<'a>>,
}

impl<'a> Block<'a> {
    /// The line that opens the block.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// The first field of a name.
    pub(super) fn field(&self, name: &str) -> Option<Located<&'a str>> {
        self.fields(name).next()
    }

    /// All fields of a name, whether written one by one or as a list.
    pub(super) fn fields(&self, name: &str) -> impl Iterator<Item = Located<&'a str>> {
        self.fields.iter().filter(move |(field, _)| *field == name).map(|(_, value)| value.clone())
    }

    /// The blocks of a name directly inside.
    pub(super) fn blocks(&self, name: &str) -> impl Iterator<Item = &Block<'a>> {
        self.blocks.iter().filter(move |block| block.name == name)
    }

    /// The blocks of a name at any depth.
    pub(super) fn all(&self, name: &str) -> Vec<&Block<'a>> {
        let mut found = Vec::new();
        let mut waiting: Vec<&Block<'a>> = self.blocks.iter().rev().collect();
        while let Some(block) = waiting.pop() {
            if block.name == name {
                found.push(block);
            }
            waiting.extend(block.blocks.iter().rev());
        }
        found
    }
}

/// The blocks of a text, in one block without a name, and whether every block that opens also closes. Values that go
/// on over several lines keep their first line.
pub(super) fn parse(text: &str) -> (Block<'_>, bool) {
    let mut stack = vec![Block::default()];
    let mut lists: Vec<(usize, &str)> = Vec::new();
    // Blocks that are open beyond the depth that is followed.
    let mut ignored = 0_usize;
    for (number, line) in numbered_lines(text) {
        let line = line.trim();
        let list = lists.last().filter(|(depth, _)| *depth == stack.len()).map(|(_, name)| *name);
        match line {
            "" => {}
            "}" | "}," if ignored > 0 => ignored -= 1,
            "}" | "}," => close(&mut stack),
            "]" | "]," if list.is_some() => drop(lists.pop()),
            _ => {
                let (name, value) = match line.split_once('=') {
                    Some((name, value)) if list.is_none() || value == "{" || value == "[" => (name, value),
                    _ => (list.unwrap_or(""), line),
                };
                if value == "{" {
                    if stack.len() < DEEPEST {
                        stack.push(Block { name, line: number, ..Block::default() });
                    } else {
                        ignored += 1;
                    }
                } else if value == "[" {
                    lists.push((stack.len(), name));
                } else if let Some(block) = stack.last_mut()
                    && ignored == 0
                    && !name.is_empty()
                {
                    block.fields.push((name, Located::new(value, number)));
                }
            }
        }
        lists.retain(|(depth, _)| *depth <= stack.len());
    }
    let complete = stack.len() == 1 && lists.is_empty() && ignored == 0;
    while stack.len() > 1 {
        close(&mut stack);
    }
    (stack.pop().unwrap_or_default(), complete)
}

/// Puts the innermost open block into the one around it.
fn close(stack: &mut Vec<Block<'_>>) {
    if stack.len() > 1
        && let Some(block) = stack.pop()
        && let Some(parent) = stack.last_mut()
    {
        parent.blocks.push(block);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_single_blocks_and_lists_alike() {
        let one = "X:\n{\n  a={\n    k=1\n    k=2\n  }\n}\n";
        let many =
            "X:\n{\n  a=[\n    {\n      k=[\n        1\n        2\n      ]\n    }\n    {\n      k=3\n    }\n  ]\n}\n";
        let (root, complete) = parse(one);
        assert!(complete);
        let blocks = root.all("a");
        assert_eq!(blocks[0].fields("k").map(|field| field.value).collect::<Vec<_>>(), ["1", "2"]);
        let (root, complete) = parse(many);
        assert!(complete);
        let blocks = root.all("a");
        assert_eq!(blocks.len(), 2);
        assert_eq!(
            blocks[0].fields("k").map(|field| (field.value, field.line)).collect::<Vec<_>>(),
            [("1", 6), ("2", 7)]
        );
        assert_eq!(blocks[1].field("k"), Some(Located::new("3", 11)));
    }

    #[test]
    fn tells_a_cut_dump() {
        assert!(!parse("{\n  a={\n    k=1\n").1);
        assert_eq!(parse("{\n  a={\n    k=1\n").0.all("a").len(), 1);
    }

    proptest! {
        #[test]
        fn never_panics(text in "([a-c]=|)[\\[\\]{}x\n ]{0,80}|([ab]=[{\\[]\n|[}\\]]\n|v\n){0,60}") {
            let (root, _) = parse(&text);
            let _ = root.all("a");
        }
    }
}
