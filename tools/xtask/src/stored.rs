//! A firmware whose model lies in two banks of flash: what it makes of them, and what `regard send`
//! makes of it.

use crate::board::Board;
use crate::build::Firmware;
use crate::cargo::{cargo, lines, root, target_dir};
use crate::emulator::{Session, emulator};
use anyhow::{Context, Result, ensure};
use regard::Model;
use regard::format::bank;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

/// Bytes of a bank, and where the two start, as boards/qemu-mps2/src/banks.rs has it of an386.
const BANK: usize = 1 << 20;
const STARTS: [&str; 2] = ["0x21000000", "0x21100000"];
/// How long an emulator may take to start, and to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// The older model speaks where the newer one is damaged; a model that is sent is in use then.
pub(crate) fn check(board: &Board) -> Result<Vec<String>> {
    let images = Firmware::release(&["stored"], &["banks"]).build(board)?;
    let firmware = images.first().context("nothing was built")?;
    falls_back(board, firmware)?;
    takes(board, firmware)?;
    Ok(vec!["stored: falls back from a damaged model, and takes one over the serial port".into()])
}

fn falls_back(board: &Board, firmware: &Path) -> Result<()> {
    let mut damaged = bank("eng-fra-tiny", 6)?;
    damaged[100_000] ^= 1;
    let devices = [device(0, &bank("g2p-tiny", 5)?)?, device(1, &damaged)?];
    let extra = ["-device", &devices[0], "-device", &devices[1]];
    let input = b"milk\n:quit\n";
    let outcome = Session { input, extra: &extra, ..Session::silent(board, firmware) }.run()?;
    outcome.check()?;
    says(
        &outcome.text(),
        &[
            "bank 0: generation 5, 111696 bytes, in use\n",
            "bank 1: refused: the model is not that of the record: ",
            "m ih l k\n",
        ],
    )
}

fn takes(board: &Board, firmware: &Path) -> Result<()> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?; // Free, a moment ago.
    let mut command = emulator(board, firmware)?;
    command.args(["-serial", &format!("tcp:{address},server=on,wait=on")]);
    let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    let heard = talk(&address.to_string());
    if heard.is_err() {
        child.kill()?;
    }
    ended(&mut child)?;
    says(&heard?, &["red on\n"])
}

/// Sends a model to a firmware that has none, and asks it something.
fn talk(address: &str) -> Result<String> {
    drop(connect(address)?);
    // A small one: the emulator hands a byte after the other to the port, some thousand a second.
    let model = root().join("models/act/act.rgd");
    let mut send =
        cargo(".", &["run", "--quiet", "--profile", "test", "-p", "regard-cli", "--", "send"]);
    send.arg(model).args(["--to", &format!("tcp:{address}")]);
    let told = lines(&mut send, false)?.join("\n") + "\n";
    says(&told, &["bank 0: generation 1, 36352 bytes, in use\n", "bank 1: refused: "])?;
    let (mut port, mut heard) = (connect(address)?, Vec::new());
    port.write_all(b"turn the red light on\n:quit\n")?;
    port.read_to_end(&mut heard)?;
    Ok(String::from_utf8_lossy(&heard).replace('\r', ""))
}

fn connect(address: &str) -> Result<TcpStream> {
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

/// The bytes of a bank with a demo model.
fn bank(name: &str, generation: u32) -> Result<Vec<u8>> {
    let path = root().join(format!("models/{name}/{name}.rgd"));
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let words: Vec<u32> =
        bytes.as_chunks().0.iter().map(|&word| u32::from_le_bytes(word)).collect();
    let model = Model::parse(&words)?;
    let bank = bank::emit(&model, BANK, generation)?;
    ensure!(bank.len() == BANK, "{} bytes of a bank", bank.len());
    Ok(bank)
}

/// What tells the emulator to put these bytes into a bank.
fn device(bank: usize, bytes: &[u8]) -> Result<String> {
    let path = target_dir().join(format!("bank{bank}.bin"));
    std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    Ok(format!("loader,file={},addr={},force-raw=on", path.display(), STARTS[bank]))
}
