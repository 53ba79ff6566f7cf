//! What blocks hand on: how the variables that loops and branches change get their next values.

use super::body::{Body, is_variable, mentions};
use super::expr::{Expr, precedence::SUM};
use xpuc_dialect::ir::{OpId, ValueId};

impl Body<'_> {
    /// Assigns what a block hands on; all is computed before anything that is still needed changes.
    pub(super) fn hand_on(&mut self, targets: &[Expr], values: &[ValueId]) {
        let mut moves: Vec<Move> = Vec::new();
        for (target, value) in targets.iter().zip(values) {
            if let Some(kept) = self.kept.remove(value) {
                let expr = self.take(kept.other);
                let expr = (target.clone(), self.handed(target, expr));
                let known = moves.iter_mut().find_map(|one| match one {
                    Move::If(condition, _, sides) if *condition == kept.condition => Some(sides),
                    _ => None,
                });
                match known {
                    Some(sides) => sides[usize::from(!kept.when)].push(expr),
                    None => {
                        let condition = self.take(kept.condition);
                        let mut sides = [Vec::new(), Vec::new()];
                        sides[usize::from(!kept.when)].push(expr);
                        moves.push(Move::If(kept.condition, condition, sides));
                    }
                }
                continue;
            }
            let expr = self.take(*value);
            let expr = self.handed(target, expr);
            if expr.text != target.text && is_variable(target) {
                moves.push(Move::Always(target.clone(), expr));
            }
        }
        let flat: Vec<(&Expr, &Expr)> = moves.iter().flat_map(Move::parts).collect();
        let asks = |one: &Move, target: &Expr| {
            let condition =
                matches!(one, Move::If(_, condition, _) if mentions(&condition.text, &target.text));
            condition || one.parts().any(|(_, expr)| mentions(&expr.text, &target.text))
        };
        let clash = |i: usize| {
            moves[i].parts().any(|(target, _)| moves[i + 1..].iter().any(|later| asks(later, target)))
        };
        let within = |i: usize| flat[i + 1..].iter().any(|(_, later)| mentions(&later.text, &flat[i].0.text));
        if (0..moves.len()).any(clash) || (0..flat.len()).any(within) {
            moves = self.through_variables(moves);
        }
        for one in moves {
            match one {
                Move::Always(target, expr) => self.move_to(&target, &expr),
                Move::If(_, condition, [then, otherwise]) => {
                    let (condition, then, otherwise) = match then.is_empty() {
                        true => (condition.not(), otherwise, then),
                        false => (condition, then, otherwise),
                    };
                    let condition =
                        if self.is_short(&condition) { condition } else { self.plain(condition, "holds") };
                    self.code.line(format!("if ({}) {{", condition.text));
                    then.iter().for_each(|(target, expr)| self.move_to(target, expr));
                    if !otherwise.is_empty() {
                        self.code.line("} else {");
                        otherwise.iter().for_each(|(target, expr)| self.move_to(target, expr));
                    }
                    self.code.line("}");
                }
            }
        }
    }

    /// What a variable is handed, as what it holds.
    fn handed(&self, target: &Expr, expr: Expr) -> Expr {
        let ty = target.ty;
        if ty.is_wide() || expr.ty == ty { expr } else { expr.cast(ty) }
    }

    /// The moves with everything in variables of its own first.
    fn through_variables(&mut self, moves: Vec<Move>) -> Vec<Move> {
        let mut later = Vec::new();
        for one in moves {
            let all: Vec<(Expr, Expr)> = match one {
                Move::Always(target, expr) => vec![(target, expr)],
                Move::If(_, condition, [then, otherwise]) => {
                    let condition = self.plain(condition, "holds");
                    let then = then.into_iter().map(|(target, expr)| {
                        let next = Expr::choice(&condition, &expr, &target, target.ty);
                        (target, next)
                    });
                    let otherwise = otherwise.into_iter().map(|(target, expr)| {
                        let next = Expr::choice(&condition, &target, &expr, target.ty);
                        (target, next)
                    });
                    then.chain(otherwise).collect()
                }
            };
            for (target, expr) in all {
                let name = self.names.fresh("next");
                self.assign(&format!("const {} {name}", expr.ty.name()), &expr);
                later.push(Move::Always(target, Expr::name(name, expr.ty)));
            }
        }
        later
    }

    fn move_to(&mut self, target: &Expr, expr: &Expr) {
        match expr.text.strip_prefix(&format!("{} + ", target.text)) {
            Some("1") => self.code.line(format!("{}++;", target.text)),
            Some(more) if expr.precedence == SUM => {
                self.code.line(format!("{} += {};", target.text, bare(more)));
            }
            _ => self.assign(&target.text, expr),
        }
    }

    /// A select that hands on what a loop carries or something else: the variable changes or does not. None if it is
    /// anything else.
    pub(super) fn kept(&self, select: OpId) -> Option<Kept> {
        let func = self.func;
        let op = func.op(select);
        let (result, block) = (*op.results.first()?, self.block_of(select)?);
        let last = *func.block(block).ops.last()?;
        if &*op.name != "arith.select"
            || self.uses(result) != [last]
            || func.op(last).name.as_ref() != "scf.yield"
        {
            return None;
        }
        let handed = &func.op(last).operands;
        let position = handed.iter().position(|value| *value == result)?;
        if handed.iter().filter(|value| **value == result).count() != 1 {
            return None;
        }
        let variable = self.carrying.get(&block)?.get(position).filter(|variable| is_variable(variable))?;
        let &[condition, x, y] = &op.operands[..] else { return None };
        let is = |value: ValueId| self.scalars.get(&value).is_some_and(|expr| expr.text == variable.text);
        let known = |value: ValueId| self.facts.value(value).known().is_some();
        match (is(x), is(y)) {
            _ if known(condition) || known(result) => None,
            (false, true) => Some(Kept { condition, other: x, when: true }),
            (true, false) => Some(Kept { condition, other: y, when: false }),
            _ => None,
        }
    }
}

/// A select that keeps what a variable has, or hands it `other` when the condition is `when`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    pub(super) condition: ValueId,
    other: ValueId,
    when: bool,
}

/// How variables get what a block hands on.
enum Move {
    Always(Expr, Expr),
    /// Where a condition holds, and where it does not.
    If(ValueId, Expr, [Vec<(Expr, Expr)>; 2]),
}

impl Move {
    fn parts(&self) -> impl Iterator<Item = (&Expr, &Expr)> {
        let (one, sides) = match self {
            Move::Always(target, expr) => (Some((target, expr)), None),
            Move::If(_, _, sides) => (None, Some(sides)),
        };
        one.into_iter().chain(sides.into_iter().flatten().flatten().map(|(target, expr)| (target, expr)))
    }
}

/// An expression without the parentheses around all of it.
pub(super) fn bare(text: &str) -> &str {
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let mut depth = 0i32;
    let closes = |c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth < 0
    };
    inner.filter(|inner| !inner.chars().any(closes)).unwrap_or(text)
}
