//! Devices as data: one TOML file each.

use serde::Deserialize;
use xpuc_passes::pass::{Costs, Device, Grid, Memory, Sizes};

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Measured on the device.
    Measured,
    /// Read in a manual or in published source.
    Documented,
    /// Nobody knows; only ratios matter.
    Assumed,
}

/// A number and its basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Datum {
    /// The number; latencies are in nanoseconds, memory in bytes.
    pub value: u32,
    /// Where it comes from.
    pub basis: Basis,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GridData {
    clusters: Datum,
    cores: Datum,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemoryData {
    shared_bytes: Datum,
    local_bytes: Datum,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CostData {
    launch: Datum,
    h2d: Datum,
    d2h: Datum,
    d2d: Datum,
    fill: Datum,
    host_op: Datum,
    pack: Datum,
    alloc: Datum,
    kilobyte: Datum,
    host_kilo: Datum,
    device_kilo: Datum,
    scan_kilo: Datum,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeData {
    dim: Datum,
    data: Datum,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    summary: String,
    grid: GridData,
    memory: MemoryData,
    cost: CostData,
    size: SizeData,
}

/// A device to compile for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Name on the command line.
    pub name: &'static str,
    /// One line about it.
    pub summary: String,
    /// What passes know of it.
    pub device: Device,
}

/// No target has that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a target, one of {}, found {found}", names().join(", "))]
pub struct UnknownTarget {
    /// The name asked for.
    pub found: String,
}

const FILES: [(&str, &str); 2] =
    [("virtual", include_str!("virtual.toml")), ("kunlun3", include_str!("kunlun3.toml"))];

/// Names of all targets.
pub fn names() -> Vec<&'static str> {
    FILES.iter().map(|(name, _)| *name).collect()
}

impl Target {
    /// The target of that name.
    ///
    /// # Panics
    /// When a data file of this crate is malformed, which a test excludes.
    pub fn find(name: &str) -> Result<Self, UnknownTarget> {
        let (name, text) = FILES
            .into_iter()
            .find(|(n, _)| *n == name)
            .ok_or_else(|| UnknownTarget { found: name.to_owned() })?;
        let data: Data = toml::from_str(text).unwrap_or_else(|error| panic!("{name}.toml: {error}"));
        let cost = |datum: Datum| u64::from(datum.value);
        let bytes = cost;
        Ok(Target {
            name,
            summary: data.summary,
            device: Device {
                grid: Grid { clusters: data.grid.clusters.value, cores: data.grid.cores.value },
                memory: Memory {
                    shared_bytes: bytes(data.memory.shared_bytes),
                    local_bytes: bytes(data.memory.local_bytes),
                },
                costs: Costs {
                    launch: cost(data.cost.launch),
                    h2d: cost(data.cost.h2d),
                    d2h: cost(data.cost.d2h),
                    d2d: cost(data.cost.d2d),
                    fill: cost(data.cost.fill),
                    host_op: cost(data.cost.host_op),
                    pack: cost(data.cost.pack),
                    alloc: cost(data.cost.alloc),
                    kilobyte: cost(data.cost.kilobyte),
                    host_kilo: cost(data.cost.host_kilo),
                    device_kilo: cost(data.cost.device_kilo),
                    scan_kilo: cost(data.cost.scan_kilo),
                },
                sizes: Sizes { dim: cost(data.size.dim), data: cost(data.size.data) },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::machine;

    #[test]
    fn a_machine_has_the_memory_of_the_virtual_target() -> Result<(), UnknownTarget> {
        let memory = Target::find("virtual")?.device.memory;
        assert_eq!(memory.shared_bytes, machine::Options::DEFAULT.shared_bytes);
        assert_eq!(memory.local_bytes, machine::Options::DEFAULT.local_bytes);
        Ok(())
    }
}
