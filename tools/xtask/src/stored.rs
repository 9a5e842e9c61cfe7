//! A firmware whose model lies in two banks of flash: what it makes of them, and what `regard send`
//! makes of it.

use crate::board::{Banks, Board};
use crate::build::Firmware;
use crate::cargo::{lines, root, target_dir};
use crate::command;
use crate::elf;
use crate::emulator::{Session, emulator};
use anyhow::{Context, Result, ensure};
use regard::Model;
use regard::format::bank;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

/// Models for a bank, what is typed, and what each makes of it; the first that fits is taken.
const OLDER: [[&str; 3]; 2] =
    [["g2p-tiny", "milk", "m ih l k"], ["act", "turn the red light on", "red on"]];
const NEWER: [&str; 2] = ["eng-fra-tiny", "act"];
/// The model that is sent: a small one, for the emulator hands a byte after the other to the port, some
/// thousand a second.
const SENT: &str = "act";
/// How long an emulator may take to start, and to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// It builds; in an emulator the older model speaks where the newer one is damaged, and a model that is
/// sent is in use then, after a reset too.
pub(crate) fn check(board: &Board, banks: Banks) -> Result<String> {
    let images = Firmware::release(&["stored"], &["banks"]).build(board)?;
    let firmware = images.first().context("nothing was built")?;
    are_where_the_table_says(banks, firmware)?;
    if !board.runs() {
        return Ok("stored: builds".into());
    }
    falls_back(board, banks, firmware)?;
    takes(board, firmware)?;
    let done = "falls back from a damaged model, and takes one over the serial port";
    Ok(format!("stored: {done}, which a reset leaves in use"))
}

/// Linker script and table agree. On an386 the program, not the script, knows where RAM plays flash.
fn are_where_the_table_says(banks: Banks, firmware: &Path) -> Result<()> {
    let second = banks.base + banks.bytes;
    let stated = [("_bank_0", banks.base), ("_bank_1", second), ("_bank_bytes", banks.bytes)];
    for (name, stated) in stated {
        let linked = elf::symbol(firmware, name)?.unwrap_or(stated as u64);
        let is = format!("{name} is {linked:#x}, and {stated:#x} in boards.json");
        ensure!(linked == stated as u64, "{}: {is}", firmware.display());
    }
    Ok(())
}

fn falls_back(board: &Board, banks: Banks, firmware: &Path) -> Result<()> {
    let fits = |name: &str| Ok::<_, anyhow::Error>(file(name)?.len() < banks.bytes);
    let first = |names: [&'static str; 2]| Ok::<_, anyhow::Error>(usize::from(!fits(names[0])?));
    let [older, typed, said] = OLDER[first(OLDER.map(|[name, ..]| name))?];
    let newer = NEWER[first(NEWER)?];
    let mut damaged = bank(newer, banks, 6)?;
    damaged[20_000] ^= 1;
    let whole = device(board, banks.base, &bank(older, banks, 5)?)?;
    let devices = [whole, device(board, banks.base + banks.bytes, &damaged)?];
    let extra = ["-device", &devices[0], "-device", &devices[1]];
    let input = format!("{typed}\n:quit\n");
    let session = Session { extra: &extra, ..Session::silent(board, firmware) };
    let outcome = Session { input: input.as_bytes(), ..session }.run()?;
    outcome.check()?;
    says(
        &outcome.text(),
        &[
            &format!("bank 0: generation 5, {} bytes, in use\n", file(older)?.len()),
            "bank 1: refused: the model is not that of the record: ",
            &format!("{said}\n"),
        ],
    )
}

fn takes(board: &Board, firmware: &Path) -> Result<()> {
    let [serial, monitor] = [free()?, free()?];
    let mut command = emulator(board, firmware)?;
    command.args(["-serial", &format!("tcp:{serial},server=on,wait=on")]);
    command.args(["-monitor", &format!("tcp:{monitor},server=on,wait=off")]);
    let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    let talked = talk(serial, monitor);
    if talked.is_err() {
        child.kill()?;
    }
    ended(&mut child)?;
    talked
}

/// An address where nobody listened a moment ago.
fn free() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Sends a model to a firmware that has none, resets it, and asks it something.
fn talk(serial: SocketAddr, monitor: SocketAddr) -> Result<()> {
    drop(connect(serial)?);
    let mut send = command::regard(&["send"])?;
    send.arg(path(SENT)).args(["--to", &format!("tcp:{serial}")]);
    let told = lines(&mut send, false)?.join("\n") + "\n";
    let in_use = format!("bank 0: generation 1, {} bytes, in use\n", file(SENT)?.len());
    says(&told, &[&in_use, "bank 1: refused: "])?;
    let (mut port, mut reset) = (connect(serial)?, connect(monitor)?);
    reset.write_all(b"system_reset\n")?;
    let mut heard = Vec::new();
    while !(has(&heard, b"regard on ") && heard.ends_with(b"\n> ")) {
        let mut byte = [0];
        port.read_exact(&mut byte).context("after the reset")?;
        heard.extend(byte);
    }
    port.write_all(b"turn the red light on\n:quit\n")?;
    port.read_to_end(&mut heard)?;
    let heard = String::from_utf8_lossy(&heard).replace('\r', "");
    says(&heard, &["regard on ", &in_use, "red on\n"])
}

fn has(heard: &[u8], text: &[u8]) -> bool {
    heard.windows(text.len()).any(|window| window == text)
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let start = Instant::now();
    loop {
        match TcpStream::connect(address) {
            Ok(port) => {
                port.set_read_timeout(Some(PATIENCE))?;
                return Ok(port);
            }
            Err(error) if start.elapsed() > PATIENCE => return Err(error.into()),
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn ended(child: &mut Child) -> Result<()> {
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > PATIENCE {
            child.kill()?;
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// All of it was said, in this order.
fn says(heard: &str, expected: &[&str]) -> Result<()> {
    let mut rest = heard;
    for line in expected {
        let (_, behind) = rest.split_once(line).with_context(|| {
            format!("{line:?} is not in its place in what the firmware said:\n{heard}")
        })?;
        rest = behind;
    }
    Ok(())
}

fn path(name: &str) -> PathBuf {
    root().join(format!("models/{name}/{name}.rgd"))
}

fn file(name: &str) -> Result<Vec<u8>> {
    std::fs::read(path(name)).with_context(|| path(name).display().to_string())
}

/// The bytes of a bank with a demo model.
fn bank(name: &str, banks: Banks, generation: u32) -> Result<Vec<u8>> {
    let bytes = file(name)?;
    let words: Vec<u32> =
        bytes.as_chunks().0.iter().map(|&word| u32::from_le_bytes(word)).collect();
    let model = Model::parse(&words)?;
    let bank = bank::emit(&model, banks.bytes, generation)?;
    ensure!(bank.len() == banks.bytes, "{} bytes of a bank", bank.len());
    Ok(bank)
}

/// What tells the emulator to put these bytes there.
fn device(board: &Board, address: usize, bytes: &[u8]) -> Result<String> {
    let path = target_dir().join(format!("{}-{address:#x}.bin", board.name));
    std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    Ok(format!("loader,file={},addr={address:#x},force-raw=on", path.display()))
}
