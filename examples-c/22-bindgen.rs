//! What example 22 calls: text, lists, errors, a struct, and a function of the host.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn log(line: &str);
}

#[wasm_bindgen]
pub fn greet(name: &str) -> Result<String, JsError> {
    if name.is_empty() {
        return Err(JsError::new("nobody to greet"));
    }
    log(&format!("{name} is greeted"));
    Ok(format!("hello, {name}!"))
}

#[wasm_bindgen]
pub fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(String::from).collect()
}

#[wasm_bindgen]
pub struct Counter {
    pub total: u32,
}

#[wasm_bindgen]
impl Counter {
    #[wasm_bindgen(constructor)]
    pub fn new(total: u32) -> Counter {
        Counter { total }
    }

    pub fn add(&mut self, text: &str) -> u32 {
        self.total += text.chars().count() as u32;
        self.total
    }
}
