"""Speed and memory of the studio, each as a ratio to a rival or a ceiling measured in the same run."""
