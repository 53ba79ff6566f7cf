//! Control flow: `scf` as C++.

use super::EmitError;
use super::body::{Body, INLINE, is_variable, mentions};
use super::code::Code;
use super::expr::{Expr, Ty, precedence::SUM};
use xpuc_dialect::ir::{BlockId, OpId, ValueId};

impl Body<'_> {
    pub(super) fn branch(&mut self, id: OpId) -> Result<(), EmitError> {
        let func = self.func;
        let op = func.op(id);
        let side = |number: usize| op.regions.get(number).and_then(|blocks| blocks.first()).copied();
        if let Some(known) = self.facts.operand(id, 0).known() {
            let Some(block) = side(usize::from(known == 0)) else { return Ok(()) };
            let yielded = self.block(block)?;
            for (result, value) in op.results.iter().zip(yielded) {
                let expr = self.take(value);
                self.bind(*result, expr);
            }
            return Ok(());
        }
        let condition = self.take(op.operands[0]);
        if let ([result], Some(then), Some(otherwise)) = (&op.results[..], side(0), side(1))
            && let Some(choice) = self.choice(&condition, then, otherwise)?
        {
            self.bind(*result, choice);
            return Ok(());
        }
        self.settle();
        let mut targets = Vec::new();
        // Where one side only hands on what is there, it is the value from the beginning.
        let start = match side(1) {
            Some(block) if func.block(block).ops.len() == 1 => {
                let last = func.op(func.block(block).ops[0]);
                let values: Vec<Expr> = last.operands.iter().map(|value| self.take(*value)).collect();
                values.iter().all(Expr::is_plain).then_some(values)
            }
            _ => None,
        };
        for (i, result) in op.results.iter().enumerate() {
            let ty = self.ty(*result);
            let wanted = self.wanted(*result);
            let name = self.names.fresh(&wanted);
            match &start {
                Some(values) => self.assign(&format!("{} {name}", ty.name()), &values[i]),
                None => self.code.line(format!("{} {name};", ty.name())),
            }
            targets.push(Expr::name(name, ty));
        }
        if let Some(what) = op.str_attr("xpu.does") {
            self.code.line("");
            self.code.comment(what);
        }
        self.code.line(format!("if ({}) {{", condition.text));
        for (number, line) in [(0, ""), (1, "} else {")] {
            let Some(block) = side(number) else { continue };
            let bare = func.block(block).ops.len() == 1 && (op.results.is_empty() || start.is_some());
            if number == 1 {
                if bare {
                    continue;
                }
                self.code.line(line);
            }
            self.scoped(|body| {
                let yielded = body.block(block)?;
                body.hand_on(&targets, &yielded);
                Ok(())
            })?;
        }
        self.code.line("}");
        for (result, target) in op.results.iter().zip(targets) {
            self.set(*result, target);
        }
        Ok(())
    }

    /// `condition ? x : y`, where both sides are no more than expressions.
    fn choice(
        &mut self,
        condition: &Expr,
        then: BlockId,
        otherwise: BlockId,
    ) -> Result<Option<Expr>, EmitError> {
        let inlined = |name: &str| name.starts_with("arith.") || name == "memref.load" || name == "scf.yield";
        let simple = |block: BlockId| {
            let ops = &self.func.block(block).ops;
            ops.len() <= 8 && ops.iter().all(|op| inlined(&self.func.op(*op).name))
        };
        if !(simple(then) && simple(otherwise)) {
            return Ok(None);
        }
        let kept = (self.names.clone(), self.scalars.clone(), self.pending.clone());
        let code = std::mem::replace(&mut self.code, Code::at(1));
        let mut sides = Vec::new();
        for block in [then, otherwise] {
            let yielded = self.block(block)?;
            sides.push(self.take(yielded[0]));
        }
        let written = std::mem::replace(&mut self.code, code);
        let ty = sides[0].ty.signed();
        let choice = Expr::choice(condition, &sides[0].cast(ty), &sides[1], ty);
        if written.finish().is_empty() && choice.text.len() <= INLINE {
            return Ok(Some(choice));
        }
        (self.names, self.scalars, self.pending) = kept;
        Ok(None)
    }

    /// Names given inside are free again afterwards.
    fn scoped(&mut self, inside: impl FnOnce(&mut Self) -> Result<(), EmitError>) -> Result<(), EmitError> {
        let names = self.names.clone();
        inside(self)?;
        self.names = names;
        Ok(())
    }

    /// Variables for what a loop carries, with what they begin with.
    fn carry(&mut self, args: &[ValueId], inits: &[ValueId]) -> Vec<Expr> {
        let mut carried = Vec::new();
        for (arg, init) in args.iter().zip(inits) {
            let ty = self.ty(*arg);
            // What never changes is a number everywhere.
            if let Some(known) = self.facts.value(*arg).known() {
                carried.push(Expr::literal(known, ty));
                continue;
            }
            let init = self.take(*init);
            let init = if init.ty == ty || ty.is_wide() || init.ty == Ty::Int { init } else { init.cast(ty) };
            let name = self.names.fresh("carried");
            self.assign(&format!("{} {name}", ty.name()), &init);
            let name = Expr::name(name, ty);
            self.set(*arg, name.clone());
            carried.push(name);
        }
        carried
    }

    pub(super) fn counted(&mut self, id: OpId) -> Result<(), EmitError> {
        let func = self.func;
        let op = func.op(id);
        let body = op.regions[0][0];
        let args = &func.block(body).args;
        let (lower, upper) = (self.take(op.operands[0]), self.take(op.operands[1]));
        let upper = self.plain(upper, "end");
        let step = match func.constant(op.operands[2]) {
            Some(1) => "++".to_owned(),
            Some(step @ 2..) => format!(" += {step}"),
            _ => return Err(self.refuse(op, "a step known while compiling")),
        };
        self.settle();
        let carried = self.carry(&args[1..], &op.operands[3..]);
        let outside = self.names.clone();
        let counter = self.names.fresh("i");
        let ty = self.ty(args[0]);
        self.code.line(format!(
            "for ({} {counter} = {}; {counter} < {}; {counter}{step}) {{",
            ty.name(),
            lower.text,
            upper.text
        ));
        self.set(args[0], Expr::name(counter, ty));
        let yielded = self.block(body)?;
        self.hand_on(&carried, &yielded);
        self.code.line("}");
        self.names = outside;
        for (result, carried) in op.results.iter().zip(carried) {
            self.set(*result, carried);
        }
        Ok(())
    }

    pub(super) fn repeated(&mut self, id: OpId) -> Result<(), EmitError> {
        let func = self.func;
        let op = func.op(id);
        let (before, after) = (op.regions[0][0], op.regions[1][0]);
        self.settle();
        let carried = self.carry(&func.block(before).args, &op.operands);
        let inner = Code::at(self.code.depth() + 1);
        let code = std::mem::replace(&mut self.code, inner);
        let handed = self.block(before)?;
        let condition = self.take(handed[0]);
        let passed: Vec<Expr> = handed[1..].iter().map(|value| self.take(*value)).collect();
        let written = std::mem::replace(&mut self.code, code).finish();
        if !written.is_empty() || !passed.iter().all(Expr::is_plain) {
            return Err(self.refuse(op, "a condition that is one expression"));
        }
        self.code.line(format!("while ({}) {{", condition.text));
        for (arg, expr) in func.block(after).args.iter().zip(&passed) {
            self.set(*arg, expr.clone());
        }
        self.scoped(|body| {
            let yielded = body.block(after)?;
            body.hand_on(&carried, &yielded);
            Ok(())
        })?;
        self.code.line("}");
        for (result, expr) in op.results.iter().zip(passed) {
            self.set(*result, expr);
        }
        Ok(())
    }

    /// Assigns what a block hands on; all is computed before anything that is still needed changes.
    fn hand_on(&mut self, targets: &[Expr], values: &[ValueId]) {
        let mut moves = Vec::new();
        for (target, value) in targets.iter().zip(values) {
            let expr = self.take(*value);
            let ty = target.ty;
            let expr = if ty.is_wide() || expr.ty == ty { expr } else { expr.cast(ty) };
            if expr.text != target.text && is_variable(target) {
                moves.push((target.clone(), expr));
            }
        }
        let clash =
            |i: usize| moves[i + 1..].iter().any(|(_, later)| mentions(&later.text, &moves[i].0.text));
        if (0..moves.len()).any(clash) {
            for (_, expr) in &mut moves {
                let name = self.names.fresh("next");
                self.assign(&format!("const {} {name}", expr.ty.name()), expr);
                *expr = Expr::name(name, expr.ty);
            }
        }
        for (target, expr) in moves {
            match expr.text.strip_prefix(&format!("{} + ", target.text)) {
                Some("1") => self.code.line(format!("{}++;", target.text)),
                Some(more) if expr.precedence == SUM => {
                    self.code.line(format!("{} += {more};", target.text));
                }
                _ => self.assign(&target.text, &expr),
            }
        }
    }
}
