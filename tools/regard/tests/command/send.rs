//! `regard send`, with the firmware's own code at the other end.

use crate::bed::{fails, model, regard, stderr, stdout};
use app::banks::{Emulated, stored};
use app::{Board, NoPin, Stack, Text};
use embedded_io::{ErrorType, Read, Write};
use regard::Model;
use regard::format::bank::{Record, pick};
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread::{self, JoinHandle};

/// A serial port that is a TCP connection.
struct Port(TcpStream);

impl ErrorType for Port {
    type Error = io::Error;
}

impl Read for Port {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::ErrorKind::ConnectionAborted.into()),
            some => Ok(some),
        }
    }
}

impl Write for Port {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Starts a firmware with two erased banks of so many bytes; what is in its flash when the line is dead,
/// and where it listens.
fn firmware(bank: usize) -> (JoinHandle<Vec<u32>>, String) {
    serve(move |port| {
        let (mut flash, mut arena) = (vec![!0u32; bank / 2], vec![0u32; 16 * 1024]);
        let mut banks = Emulated::<4, 4096> { cells: bytemuck::cast_slice_mut(&mut flash) };
        let arena = bytemuck::cast_slice_mut(&mut arena);
        let (name, stack) = ("host", Stack::EMPTY);
        let board = Board { name, port: Port(port), busy: NoPin, stack, leaves: false };
        stored::<512, regard::family::Text, _, _>(board, &mut banks, arena, &mut Text);
        flash
    })
}

/// Gives the first connection to `device`.
fn serve<T: Send + 'static>(
    device: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (JoinHandle<T>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let to = format!("tcp:{}", listener.local_addr().expect("bound"));
    (thread::spawn(move || device(listener.accept().expect("a sender").0)), to)
}

#[test]
fn a_model_arrives_and_is_in_use() {
    let (device, to) = firmware(256 * 1024);
    let file = model("g2p-tiny", "g2p-tiny.rgd");
    let output = regard(Path::new("."), &["send", file.to_str().expect("UTF-8"), "--to", &to]);
    assert!(output.status.success(), "{}", stderr(&output));
    let told = stdout(&output);
    assert!(told.starts_with("bank 0: generation 1, 111696 bytes, in use\n"), "{told}");
    let flash = device.join().expect("the firmware ends");
    let (first, second) = bytemuck::cast_slice::<u32, u8>(&flash).split_at(256 * 1024);
    let picked = pick([first, second], |_| Ok(())).expect("a model");
    let words: Vec<u32> = bytemuck::pod_collect_to_vec(&std::fs::read(&file).expect("a file"));
    assert_eq!(picked.record, Record::of(&Model::parse(&words).expect("a model"), 1));
}

#[test]
fn what_does_not_fit_is_refused_by_the_firmware() {
    let (device, to) = firmware(64 * 1024);
    let file = model("g2p-tiny", "g2p-tiny.rgd");
    let output = regard(Path::new("."), &["send", file.to_str().expect("UTF-8"), "--to", &to]);
    fails(
        &output,
        1,
        "did not take the model: a model of 111696 bytes does not fit: 1 to 65504 do",
    );
    let flash = device.join().expect("the firmware ends");
    assert!(flash.iter().all(|&word| word == !0), "nothing was written");
}

#[test]
fn a_firmware_that_takes_no_models_says_so() {
    let (device, to) = serve(|mut port| {
        let (mut line, mut byte) = (String::new(), [0]);
        while !(line.contains(":update") && line.ends_with('\n')) {
            port.read_exact(&mut byte).expect("connected");
            line.push(byte[0].into());
        }
        let (_, announced) = line.trim_end().split_once(':').expect("a command");
        let text = format!("> :{announced}\r\n:update is not a command; :help lists them\r\n> ");
        port.write_all(text.as_bytes()).expect("connected");
    });
    let file = model("g2p-tiny", "g2p-tiny.rgd");
    let output = regard(Path::new("."), &["send", file.to_str().expect("UTF-8"), "--to", &to]);
    device.join().expect("ends");
    fails(&output, 1, "did not take the model: :update is not a command");
}
