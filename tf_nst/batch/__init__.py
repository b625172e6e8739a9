"""Many photographs by many styles: `tf-nst batch`, on this machine or by Apache Beam."""
