//! Things that have a sentence: errors, and whatever else is to be told to a person. They know the key and its variables; the words
//! are found where the language is known.

/// What has a sentence in the Fluent files, and may have another one that says what to do.
pub trait Told: std::fmt::Debug + Send + Sync {
    /// The key of its sentence.
    fn key(&self) -> &'static str;

    /// What the variables of both sentences stand for.
    fn arguments(&self) -> Vec<(&'static str, String)>;

    /// The key of the sentence that says what to do, where there is something to do.
    fn hint_key(&self) -> Option<&'static str>;
}
