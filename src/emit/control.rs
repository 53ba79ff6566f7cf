//! Control flow: `scf` as C++.

use super::EmitError;
use super::body::{Body, Place, is_variable, mentions};
use super::code::Code;
use super::expr::{Expr, Ty, precedence::CHOICE};
use xpuc_dialect::ir::{Attr, BlockId, Def, Op, OpId, ValueId};

impl Body<'_> {
    pub(super) fn branch(&mut self, id: OpId) -> Result<(), EmitError> {
        let func = self.func;
        let op = func.op(id);
        let side = |number: usize| op.regions.get(number).and_then(|blocks| blocks.first()).copied();
        if let Some(known) = self.facts.operand(id, 0).known() {
            let Some(block) = side(usize::from(known == 0)) else { return Ok(()) };
            self.explain(op);
            let yielded = self.block(block)?;
            for (result, value) in op.results.iter().zip(yielded) {
                let expr = self.take(value);
                self.bind(*result, expr);
            }
            return Ok(());
        }
        let condition = self.take(op.operands[0]);
        let condition = if self.is_short(&condition) { condition } else { self.plain(condition, "holds") };
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
            if let Some(known) = self.facts.value(*result).known() {
                targets.push(Expr::literal(known, ty));
                continue;
            }
            if let Some(carried) = start.as_ref().and_then(|start| self.carrier(id, *result, &start[i])) {
                targets.push(carried);
                continue;
            }
            let wanted = self.wanted(*result);
            let name = self.names.fresh(&wanted);
            match &start {
                Some(values) => self.assign(&format!("{} {name}", ty.name()), &values[i]),
                None => self.code.line(format!("{} {name};", ty.name())),
            }
            self.changing.insert(name.clone());
            targets.push(Expr::name(name, ty));
        }
        self.explain(op);
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

    /// The variable that a loop carries, where a branch or a loop inside begins with it and hands it on, and nothing
    /// else asks for it any more in this turn.
    fn carrier(&self, branch: OpId, result: ValueId, start: &Expr) -> Option<Expr> {
        let func = self.func;
        let [user] = self.uses(result) else { return None };
        let block = self.block_of(branch)?;
        let ops = &func.block(block).ops;
        if ops.last() != Some(user) {
            return None;
        }
        let carried = self.carrying.get(&block)?;
        let positions = func.op(*user).operands.iter().enumerate().filter(|(_, value)| **value == result);
        let positions: Vec<usize> = positions.map(|(position, _)| position).collect();
        // The first operand of a `scf.condition` would be one too many; loops end with `scf.yield`.
        let &[position] = &positions[..] else { return None };
        let variable = carried.get(position).filter(|variable| is_variable(variable))?;
        let after = ops.iter().skip_while(|op| **op != branch).skip(1);
        let asks = |value: &ValueId| {
            self.scalars.get(value).is_some_and(|expr| mentions(&expr.text, &variable.text))
                && self.facts.value(*value).known().is_none()
        };
        let inside = |op: &OpId| func.op(*op).regions.iter().flatten().flat_map(|block| func.nested(*block));
        let asked =
            after.flat_map(|op| inside(op).chain([*op])).any(|op| func.op(op).operands.iter().any(asks));
        let waits = self.pending.values().any(|expr| mentions(&expr.text, &variable.text));
        (start.text == variable.text && !asked && !waits).then(|| variable.clone())
    }

    /// What a branch does, as lowering says it.
    fn explain(&mut self, op: &Op) {
        if let Some(what) = op.str_attr("xpu.does") {
            self.code.line("");
            self.code.comment(what);
        }
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
        let nested = sides.iter().any(|side| side.precedence == CHOICE);
        // A choice of two things in memory would be one of two addresses, and a parameter has none.
        let of_param =
            self.place == Place::Kernel && sides.iter().any(|side| self.params.contains(&side.text));
        let ty = sides[0].ty.signed();
        let choice = Expr::choice(condition, &sides[0].cast(ty), &sides[1], ty);
        if written.finish().is_empty() && !nested && !of_param && self.is_short(&choice) {
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
    fn carry(&mut self, op: OpId, block: BlockId, args: &[ValueId], inits: &[ValueId]) -> Vec<Expr> {
        let mut carried = Vec::new();
        for (position, (arg, init)) in args.iter().zip(inits).enumerate() {
            let ty = self.ty(*arg);
            // What never changes is a number everywhere.
            if let Some(known) = self.facts.value(*arg).known() {
                carried.push(Expr::literal(known, ty));
                continue;
            }
            let init = self.take(*init);
            let result = self.func.op(op).results.get(position).copied();
            let carrier =
                result.and_then(|result| self.carrier(op, result, &init)).filter(|known| known.ty == ty);
            if let Some(variable) = carrier {
                self.set(*arg, variable.clone());
                carried.push(variable);
                continue;
            }
            let init = if init.ty == ty || ty.is_wide() || init.ty == Ty::Int { init } else { init.cast(ty) };
            let wanted = self.carried_name(op, block, position, *arg);
            let name = self.names.fresh(&wanted);
            self.changing.insert(name.clone());
            self.assign(&format!("{} {name}", ty.name()), &init);
            let name = Expr::name(name, ty);
            self.set(*arg, name.clone());
            carried.push(name);
        }
        self.carrying.insert(block, carried.clone());
        carried
    }

    /// What to call a variable that a loop carries: after what a turn makes of it.
    fn carried_name(&self, op: OpId, block: BlockId, position: usize, arg: ValueId) -> String {
        let func = self.func;
        if let Some(Attr::Array(names)) = func.op(op).attrs.get("xpu.names")
            && let Some(name) = names.get(position).and_then(Attr::as_str)
        {
            return name.to_owned();
        }
        let last = func.block(block).ops.last().map(|last| func.op(*last));
        let next = last.and_then(|last| last.operands.get(position)).copied();
        let Some((next, made)) = next.and_then(|next| Some((next, func.def_op(next)?))) else {
            return "carried".to_owned();
        };
        if let Some(name) = made.str_attr("xpu.name") {
            return name.to_owned();
        }
        let counts = |value: &ValueId| {
            let op = func.def_op(*value).filter(|op| &*op.name == "arith.addi" && op.operands[0] == arg);
            op.is_some_and(|op| func.constant(op.operands[1]) == Some(1))
        };
        let handed = |blocks: &Vec<BlockId>, at: usize| {
            let last = blocks.first().and_then(|block| func.block(*block).ops.last());
            last.and_then(|last| func.op(*last).operands.get(at)).copied()
        };
        let at = made.results.iter().position(|result| *result == next).unwrap_or_default();
        let name = match (&*made.name, &made.operands[..]) {
            ("arith.addi", operands) if operands.contains(&arg) => "sum",
            ("arith.maxsi", operands) if operands.contains(&arg) => "largest",
            ("arith.minsi", operands) if operands.contains(&arg) => "smallest",
            ("arith.select", operands) if operands[1..].iter().any(counts) => "count",
            ("scf.if", _)
                if made.regions.iter().filter_map(|blocks| handed(blocks, at)).any(|v| counts(&v)) =>
            {
                "count"
            }
            ("scf.for", _) => {
                let (Def::Result(inner, _), body) = (func.def(next), made.regions[0][0]) else {
                    return "carried".to_owned();
                };
                let arg = func.block(body).args[at + 1];
                return self.carried_name(inner, body, at, arg);
            }
            _ => "carried",
        };
        name.to_owned()
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
        let carried = self.carry(id, body, &args[1..], &op.operands[3..]);
        let outside = self.names.clone();
        let counter = self.names.fresh("i");
        let ty = self.ty(args[0]);
        let (ty_name, upper) = (ty.name(), upper.text);
        let start = |lower: &str| format!("for ({ty_name} {counter} = {lower};");
        let rest = [format!("{counter} < {upper};"), format!("{counter}{step}) {{")];
        let length = start(&lower.text).len() + rest[0].len() + rest[1].len() + 2;
        let lower = if length > self.code.room() + 5 { self.plain(lower, "begin") } else { lower };
        self.code.head(&start(&lower.text), &rest);
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
        let carried = self.carry(id, after, &func.block(before).args, &op.operands);
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
}
