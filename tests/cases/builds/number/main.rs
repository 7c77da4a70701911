fn main() {
    println!("number 7");
}
